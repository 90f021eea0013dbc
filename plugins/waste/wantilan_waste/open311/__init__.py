"""Open311 GeoReport v2 over the complaints of a village: what other systems read, and how they report.

- `jurisdiction_id` is the village's code (51.02.06.2001), `service_code` a kind of complaint,
  `service_request_id` the tracking code. OPEN, ACKNOWLEDGED and IN_PROGRESS are `open`, the others `closed`.
- Only complaints that the office published are there, with the office's words as `description`, a place
  rounded to 3 decimals, and the village as `address`. `media_url`, `zipcode`, `address_id` and
  `service_notice` are null.
- `requests` gives the last 90 days or the days asked for (90 at most), the newest 1,000 of them; `page` and
  `page_size` (1 to 1,000) leaf through them.
- `POST requests` needs the token of a resident or an officer of the village, as a bearer token or as
  `api_key` in the form. It is a complaint like one of the API, for the token's owner; what the form says of a
  person, and `media_url`, are not kept. The standard has no key against sending twice: who repeats a form
  reports twice.
- Refusals are the standard's list of errors: 403 for a key, 404 for what is not there, 400 for the rest, and
  429 and 5xx as everywhere. Only an address that does not exist and a method that is not served answer in our
  JSON.
"""

from .endpoints import ENDPOINTS

__all__ = ["ENDPOINTS"]
