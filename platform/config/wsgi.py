import gc
import os
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# Every view is loaded before the first request: what a module makes while it is loaded belongs to no municipality.
for urlconf in (settings.ROOT_URLCONF, settings.HUB_URLCONF):
    get_resolver(urlconf).url_patterns  # noqa: B018
# What is loaded by now lives as long as the process: the collector need not look at it again with every answer.
gc.collect()
gc.freeze()
# A thread that comes back from the database with a counter in hand must not wait five milliseconds for its turn.
sys.setswitchinterval(0.001)
