"""Tables of the waste program, and the words of their enumerations."""

from .bank import Account, Deposit, DepositLine, LedgerEntry, PriceItem, Tariff, Withdrawal
from .collection import Feed, Pickup, Route, RouteStop, Run, RunStop, Schedule, ScheduleDate, StopVisit
from .complaints import Complaint, ComplaintPhoto, ComplaintStep, PublicComplaint
from .facilities import Category, Facility
from .fees import (
    Counter,
    FeePlan,
    FeePlanClass,
    Invoice,
    Payment,
    PaymentPart,
    Subscription,
    SubscriptionPause,
)
from .points import ServicePoint, SourceSurvey
from .reports import INTAKE_METHOD_TOTAL, VISIT_TOTAL, PeriodReport
from .tps3r import (
    INTAKE_TOTAL,
    Batch,
    Intake,
    Lot,
    Sale,
    SaleLine,
    StockMovement,
    Trip,
)
from .words import (
    WasteAccountKind,
    WasteAccountState,
    WasteBatchKind,
    WasteBatchState,
    WasteComplaintKind,
    WasteComplaintState,
    WasteDepositState,
    WasteFacilityKind,
    WasteFeePeriod,
    WasteGrade,
    WasteInvoiceState,
    WasteLedgerKind,
    WasteMeasure,
    WasteOrganicHandling,
    WastePaymentMethod,
    WastePointStatus,
    WastePpClass,
    WasteRecipient,
    WasteReportState,
    WasteRunState,
    WasteScheduleDateKind,
    WasteSipsnClass,
    WasteSourceClass,
    WasteStockReason,
    WasteStopOutcome,
    WasteStream,
    WasteSubscriptionState,
    WasteTripKind,
    WasteVisitResult,
    WasteWithdrawalMethod,
    WasteWithdrawalState,
)

MODELS = (
    Facility, Category, ServicePoint, SourceSurvey,
    Counter, FeePlan, FeePlanClass, Subscription, SubscriptionPause, Invoice, Payment, PaymentPart,
    Route, RouteStop, Schedule, ScheduleDate, Pickup, Feed, Run, RunStop, StopVisit,
    Intake, Lot, Batch, Sale, SaleLine, Trip, StockMovement,
    Account, Tariff, PriceItem, Deposit, DepositLine, Withdrawal, LedgerEntry,
    Complaint, ComplaintStep, ComplaintPhoto, PublicComplaint,
    PeriodReport,
)  # fmt: skip
ROLLUPS = (INTAKE_TOTAL, INTAKE_METHOD_TOTAL, VISIT_TOTAL)

__all__ = [
    "MODELS", "ROLLUPS",
    "Account", "Batch", "Category", "Complaint", "ComplaintPhoto", "ComplaintStep", "Counter", "Deposit",
    "DepositLine", "Facility", "FeePlan", "FeePlanClass", "Feed", "Intake", "Invoice", "LedgerEntry", "Lot",
    "Payment", "PaymentPart", "PeriodReport", "Pickup", "PriceItem", "PublicComplaint", "Route", "RouteStop",
    "Run", "RunStop", "Sale", "SaleLine", "Schedule", "ScheduleDate", "ServicePoint", "SourceSurvey",
    "StockMovement", "StopVisit", "Subscription", "SubscriptionPause", "Tariff", "Trip",
    "WasteAccountKind", "WasteAccountState", "WasteBatchKind", "WasteBatchState", "WasteComplaintKind",
    "WasteComplaintState", "WasteDepositState", "WasteFacilityKind", "WasteFeePeriod", "WasteGrade",
    "WasteInvoiceState",
    "WasteLedgerKind", "WasteMeasure", "WasteOrganicHandling", "WastePaymentMethod", "WastePointStatus",
    "WastePpClass", "WasteRecipient", "WasteReportState", "WasteRunState", "WasteScheduleDateKind",
    "WasteSipsnClass", "WasteSourceClass", "WasteStockReason", "WasteStopOutcome", "WasteStream",
    "WasteSubscriptionState", "WasteTripKind", "WasteVisitResult", "WasteWithdrawalMethod",
    "WasteWithdrawalState", "Withdrawal",
]  # fmt: skip
