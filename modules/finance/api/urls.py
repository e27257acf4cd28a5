from rest_framework.routers import SimpleRouter

from modules.finance.api.bank import BankStatements, Suppliers
from modules.finance.api.cheques import Cheques
from modules.finance.api.entries import Entries
from modules.finance.api.online import OnlinePayments
from modules.finance.api.reports import Reports
from modules.finance.api.revaluations import Revaluations
from modules.finance.api.sessions import CashSessions
from modules.finance.api.spending import Spendings
from modules.finance.api.views import Charges, Dues, Receipts, Statements

router = SimpleRouter(trailing_slash=False)
router.register("dues", Dues, basename="dues")
router.register("charges", Charges, basename="charge")
router.register("receipts", Receipts, basename="receipt")
router.register("bank-statements", BankStatements, basename="bank-statement")
router.register("suppliers", Suppliers, basename="supplier")
router.register("cheques", Cheques, basename="cheque")
router.register("cash-sessions", CashSessions, basename="cash-session")
router.register("entries", Entries, basename="entry")
router.register("online-payments", OnlinePayments, basename="online-payment")
router.register("reports", Reports, basename="report")
router.register("revaluations", Revaluations, basename="revaluation")
router.register("spending", Spendings, basename="spending")
router.register("statements", Statements, basename="statement")

urlpatterns = router.urls
