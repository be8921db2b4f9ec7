"""REST of other products: messaging services and registration, business profiles, permissions."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from simulator.base.json_answers import Json, answer, missing
from simulator.calling.account import Account
from simulator.rest.rest_accounts import check_credentials
from simulator.telephony.standing import MessagingService

PREFIX = "/v1/"


def blueprint(carrier: Account) -> Blueprint:
    """The routes."""
    routes = Blueprint("messaging", __name__, url_prefix=PREFIX.rstrip("/"))
    routes.before_request(lambda: check_credentials(carrier))

    def find(sid: str) -> MessagingService:
        for service in carrier.standing.services:
            if service.sid == sid:
                return service
        raise missing(sid)

    @routes.get("/Services")
    def services() -> Response:
        return _list("services", [_service(each) for each in carrier.standing.services])

    @routes.post("/Services/<sid>")
    def update(sid: str) -> Response:
        service = find(sid)
        if "UseInboundWebhookOnNumber" in request.form:
            is_set = request.form["UseInboundWebhookOnNumber"].lower() == "true"
            service.use_inbound_webhook_on_number = is_set
        return answer(_service(service))

    @routes.get("/Services/<sid>/PhoneNumbers")
    def numbers(sid: str) -> Response:
        found = sorted(find(sid).numbers)
        return _list("phone_numbers", [{"sid": "PN", "phone_number": each} for each in found])

    @routes.get("/Services/<sid>/Compliance/Usa2p")
    def campaigns(sid: str) -> Response:
        status = find(sid).campaign_status
        return _list("compliance", [{"sid": "QE", "campaign_status": status}] if status else [])

    @routes.get("/Tollfree/Verifications")
    def verifications() -> Response:
        status = carrier.standing.toll_free_status
        return _list("verifications", [{"sid": "HH", "status": status}] if status else [])

    @routes.get("/CustomerProfiles")
    def profiles() -> Response:
        status, asked = carrier.standing.profile_status, request.args.get("Status")
        fits = status and asked in (None, status)
        return _list("results", [{"sid": "BU", "status": status}] if fits else [])

    @routes.get("/DialingPermissions/Countries/<code>")
    def country(code: str) -> Response:
        allowed = code in carrier.standing.may_call
        return answer({"iso_code": code, "low_risk_numbers_enabled": allowed})

    return routes


def _service(service: MessagingService) -> Json:
    return {
        "sid": service.sid,
        "friendly_name": service.name,
        "inbound_request_url": service.inbound_request_url or None,
        "use_inbound_webhook_on_number": service.use_inbound_webhook_on_number,
    }


def _list(key: str, things: list[Json]) -> Response:
    return answer({key: things, "meta": {"key": key, "page": 0, "next_page_url": None}})
