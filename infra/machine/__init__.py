"""What infra/up, infra/down, infra/status and infra/test are made of.

Standard library only: it runs before anything is installed. Nothing here knows Django; the product
is reached by its command, `.venv/bin/baladiyat`, and by the environment it is given.
"""
