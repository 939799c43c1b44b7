"""Requests that must be refused, with how: one table for the application and the real server."""

import re
from dataclasses import dataclass, field

PAIR = "from=11-1011.00&to=15-1254.00"
OCCUPATION = "/occupations/15-1254.00"


@dataclass(frozen=True)
class Bad:
    """A request target as it goes over the wire, and what must come back.

    Attributes:
        wrong: the parameters that `errors` must name, no more and no fewer.
    """

    target: str
    status: int = 422
    type: str = "invalid-parameter"
    wrong: tuple[str, ...] = ()
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """A name for a test of it."""
        sent = self.target if len(self.target) < 90 else f"{self.target[:60]}...{len(self.target)}"
        return f"{self.method} {sent} {' '.join(self.headers.values())}".strip()


# Values that no parameter of a skill gap takes in the place of a code, percent-encoded.
NOT_CODES = [
    "",
    "%20",
    "+++",
    "abc",
    "15",
    "15-125",
    "15-1254.",
    "15-1254.0",
    "15-1254.000",
    "15-12540",
    "015-1254.00",
    "5-1254.00",
    "15-1254,00",
    "15_1254.00",
    "151254.00",
    "15-1254.00;",
    "15-1254.00,11-1011.00",
    "15%20-1254.00",
    "-15-1254.00",
    "1e-1254.00",
    "15-1254.0x",
    "15%E2%80%931254.00",  # en dash
    "15%E2%88%921254.00",  # minus sign
    "%EF%BC%91%EF%BC%95-1254.00",  # full-width digits
    "15-1254.%EF%BC%90%EF%BC%90",
    "%D9%A1%D9%A5-1254.00",  # Arabic-Indic digits
    "%E0%A5%A7%E0%A5%AB-1254.00",  # Devanagari digits
    "%F0%9D%9F%8F%F0%9D%9F%93-1254.00",  # mathematical bold digits
    "15-125%C2%B2.00",  # superscript two
    "15-1254.00%0A",
    "%0A15-1254.00",
    "15-1254%0A.00",
    "15-1254.00%0D%0A",
    "15-1254.00%0D%0ASet-Cookie:x=1",
    "15-1254.00%09",
    "%0915-1254.00",
    "15-1254.00%0B",
    "15-1254.00%0C",
    "15-1254.00%1C",
    "15-1254.00%C2%85",  # next line
    "15-1254.00%C2%A0",  # no-break space
    "%E3%80%8015-1254.00",  # ideographic space
    "15-1254.00%E2%80%8B",  # zero-width space
    "%EF%BB%BF15-1254.00",  # byte order mark
    "%E2%80%AE15-1254.00",  # right-to-left override
    "15-1254.00%E2%80%A8",  # line separator
    "%00",
    "15-1254.00%00",
    "15-1254%00.00",
    "15-1254.00%00.txt",
    "%7F15-1254.00",
    "'",
    "%22",
    "15-1254.00'--",
    "15-1254.00'%20OR%20'1'='1",
    "1;DROP%20TABLE%20occupation",
    "15-1254.00'%20UNION%20SELECT%20code,title%20FROM%20occupation--",
    "15-1254.00')%20OR%20SLEEP(5)%23",
    "__-____.__",
    "%25",
    "../../../../etc/passwd",
    "..%2F..%2F..%2Fetc%2Fpasswd",
    "..%5C..%5Cwindows%5Cwin.ini",
    "file:///etc/passwd",
    "http://127.0.0.1:9900/",
    "%zz",
    "%",
    "15-1254.00%",
    "15-1254.00%f",
    "%u0031%u0035-1254.00",
    "%2531%2535-1254.00",  # encoded twice
    "%ff%fe",
    "15-1254.00%ff",
    "%c0%b15-1254.00",  # overlong
    "%ed%a0%80",  # a surrogate
    "%f8%88%80%80%80",
    "<script>alert(1)</script>",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "${jndi:ldap://127.0.0.1/a}",
    "{{7*7}}",
    "{0.__class__}",
    "%25s%25n%25x",
    "[%2215-1254.00%22]",
    "true",
    "null",
    "None",
    "NaN",
    "9" * 10_000,
    "15-1254.00" * 1_000,
    "%F0%9F%92%A9" * 500,
]
NOT_CODES_OF_PATHS = [value for value in NOT_CODES if value and not re.search("/|%2F|%3C/", value)]
NOT_FIGURES = [
    "", "%20", "nan", "NaN", "inf", "-inf", "Infinity", "1e0", "1e5", "3E0", "1_0", "3_0", "0x3",
    "0", "0.99", "-1", "-3", "5.01", "6", "99999999999", "%2B3", "%203", "3%20", "3%0A", "3%00",
    "3.", ".5", "3,5", "3.5.5", "3%25", "true", "%EF%BC%93", "%D9%A3", "%C2%B3", "%E2%85%A2",
    "3/1", "three", "9" * 500, "3." + "0" * 500, "%ff",
]  # fmt: skip
NOT_WHOLES = [
    "", "%20", "nan", "inf", "1.0", "1.5", "1e3", "1_000", "0x10", "0b1", "-1", "-0", "%2B1",
    "%201", "1%20", "1%0A", "1%00", "true", "%EF%BC%91", "%D9%A1", "%C2%B9", "1;DROP%20TABLE%20x",
    "2001", "2147483648", "9223372036854775808", "99999999999999999999", "9" * 5_000, "%ff", "1,2",
]  # fmt: skip
NOT_WORDS = ["", "%20", "no-such", "%00", "%0A", "%ff", "'", "9" * 10_000]
NOT_FLAGS = [*NOT_WORDS, "TRUE", "True", "1", "0", "yes", "on", "null", "true%0A", "true%20"]

MALFORMED = [
    *(Bad(f"/skill-gap?from={value}&to=15-1254.00", wrong=("from",)) for value in NOT_CODES),
    *(Bad(f"/skill-gap?from=11-1011.00&to={value}", wrong=("to",)) for value in NOT_CODES[::4]),
    Bad("/skill-gap", wrong=("from", "to")),
    Bad("/skill-gap?", wrong=("from", "to")),
    Bad("/skill-gap?to=15-1254.00", wrong=("from",)),
    Bad("/skill-gap?from=11-1011.00", wrong=("to",)),
    Bad("/skill-gap?from=&to=", wrong=("from", "to")),
    Bad("/skill-gap?from&to", wrong=("from", "to")),
    Bad("/skill-gap?From=11-1011.00&TO=15-1254.00", wrong=("from", "to")),
    Bad("/skill-gap?from[]=11-1011.00&to[0]=15-1254.00", wrong=("from", "to")),
    Bad("/skill-gap?source=11-1011.00&target=15-1254.00", wrong=("from", "to")),
    Bad("/skill-gap?%66rom%00=11-1011.00&to=15-1254.00", wrong=("from",)),
    Bad(f"/skill-gap?{PAIR.replace('&', ';')}", wrong=("from", "to")),
    Bad("/skill-gap?from=1&to=2&limit=z&sort=w", wrong=("from", "limit", "sort", "to")),
    Bad("/skill-gap?from=x&to=y", wrong=("from", "to")),
    # What a title means is found out once all parameters can be used.
    Bad("/skill-gap?from=x&to=y&limit=z", wrong=("limit",)),
    Bad(f"/skill-gap?from=11-1011.00&to={'x' * 201}", wrong=("to",)),
    Bad(f"/skill-gap?{PAIR}&from=11-1011.00", wrong=("from",)),
    Bad(f"/skill-gap?{PAIR}&to=11-1011.00", wrong=("to",)),
    Bad(f"/skill-gap?{PAIR}&to=", wrong=("to",)),
    Bad(f"/skill-gap?from=&{PAIR}", wrong=("from",)),
    Bad(f"/skill-gap?{PAIR}&%66rom=15-1254.00", wrong=("from",)),
    Bad(f"/skill-gap?{PAIR}&{PAIR}", wrong=("from", "to")),
    *(
        Bad(f"/skill-gap?{PAIR}&{name}={value}&{name}={value}", wrong=(name,))
        for name, value in {
            "domain": "skills",
            "kind": "missing",
            "min_importance": "3",
            "significant": "true",
            "sort": "name",
            "limit": "1",
            "include": "covered",
        }.items()
    ),
    *(
        Bad(f"/skill-gap?{PAIR}&min_importance={value}", wrong=("min_importance",))
        for value in NOT_FIGURES
    ),
    *(Bad(f"/skill-gap?{PAIR}&limit={value}", wrong=("limit",)) for value in ["0", *NOT_WHOLES]),
    *(Bad(f"/skill-gap?{PAIR}&significant={value}", wrong=("significant",)) for value in NOT_FLAGS),
    *(
        Bad(f"/skill-gap?{PAIR}&{name}={value}", wrong=(name,))
        for name, values in {
            "domain": ["Skills", "skills%20", "skills%00", "skills,abilities", "tasks", "*"],
            "kind": ["Missing", "missing,higher_level", "higher-level", "covered"],
            "sort": ["level", "-priority", "priority%20desc", "priority,name", "(SELECT%201)"],
            "include": ["COVERED", "covered,covered", "all"],
        }.items()
        for value in [*values, *NOT_WORDS]
    ),
    *(
        Bad(f"/occupations?{name}={value}", wrong=(name,))
        for name, values in {
            "limit": ["0", *NOT_WHOLES],
            "offset": [*(v for v in NOT_WHOLES if v != "2001"), "1000001"],
            "domain": ["Skills", *NOT_WORDS],
            "q": ["x" * 201, "%F0%9F%92%A9" * 201, "x" * 10_000, "%00", "web%00"],
        }.items()
        for value in values
    ),
    Bad("/occupations?q=a&q=b", wrong=("q",)),
    Bad("/occupations?limit=1&limit=1&offset=x", wrong=("limit",)),
    *(Bad(f"/occupations/{value}", wrong=("code",)) for value in NOT_CODES_OF_PATHS),
    Bad(f"{OCCUPATION}?domain=x", wrong=("domain",)),
    Bad(f"{OCCUPATION}?domain=skills&domain=skills", wrong=("domain",)),
    *(
        Bad(f"{OCCUPATION}/transitions?{name}={value}", wrong=(name,))
        for name, values in {
            "direction": ["up", ""],
            "job_zone": ["0", "100", "3,", "3,x", "3,%204", "3&job_zone=4", "3.0", ""],
            "limit": ["0", "2001", "1e2", "1&limit=2"],
            "domain": ["no-such"],
            "domains": ["skills,no-such", ""],
            "rank": ["related"],
            "min_readiness": ["1.1", "-0.1"],
            "zone_change": ["1..-1", "1..", "", "%D9%A1"],
        }.items()
        for value in values
    ),
]

NOT_FOUND = [
    Bad(target, 404, "not-found")
    for target in (
        "/no-such-path",
        "/skill-gap/",
        "/skill-gap/x",
        "/skill-gap%20",
        "/skill-gap%0A",
        "/skill-gap%00",
        "/SKILL-GAP",
        "/skill-gap;x=1",
        "/occupations/",
        "/occupations/15-1254.00/",
        "/occupations/15-1254.00/ratings",
        "/occupations/..%2F..%2F..%2Fetc%2Fpasswd",
        "/occupations/%2E%2E%2F%2E%2E%2Fetc%2Fpasswd",
        "/occupations/../../../etc/passwd",
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/..%5c..%5cwindows%5cwin.ini",
        "/%00",
        "/%ff%fe",
        "/%zz",
        "/health/",
        "/health/alive",
        "/openapi.json/",
        "/docs/no-such-file",
        "/docs/../../../../etc/passwd",
        "/docs/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/docs/%2e%2e/flask_swagger_ui.py",
        "/docs/..%5cflask_swagger_ui.py",
        "/docs/%00",
        "/docs/index.css%00.png",
        "/docs/" + "x" * 5_000,
        "/static/x",
        "/.env",
        "/.git/config",
        "/wsgi.py",
        "/admin/cache",
        "/" + "x/" * 2_000,
    )
]

NOT_ALLOWED = [
    Bad(target, 405, "method-not-allowed", method=method)
    for target in (f"/skill-gap?{PAIR}", "/occupations", OCCUPATION, "/health", "/openapi.json")
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")
    if method != "POST" or not target.startswith("/skill-gap")
] + [
    Bad("/skill-gap", 415, "unsupported-media-type", method="POST"),
    Bad(f"/skill-gap?{PAIR}", 415, "unsupported-media-type", method="POST"),
    Bad("/health/ready", 405, "method-not-allowed", method="DELETE"),
    Bad("/docs/", 405, "method-not-allowed", method="POST"),
]

ODD_HEADERS = [
    Bad("/skill-gap?from=x&to=15-1254.00", wrong=("from",), headers=headers)
    for headers in (
        {"Accept": "text/html"},
        {"Accept": "application/xml;q=1, */*;q=0"},
        {"Accept": "nonsense"},
        {"Accept": ""},
        {"Accept-Charset": "utf-16", "Accept-Language": "tlh", "Accept-Encoding": "identity;q=0"},
        {"If-None-Match": "*"},
        {"If-None-Match": 'W/"x", nonsense, "'},
        {"If-Modified-Since": "not a date"},
        {"Range": "bytes=999999-"},
        {"Content-Type": "application/json; charset=nonsense"},
        {"Authorization": "Bearer canary"},
        {"X-Forwarded-For": "127.0.0.1'--", "X-HTTP-Method-Override": "DELETE"},
        {"Cookie": "session=.eJ; =1; ;;"},
        {"X-Request-ID": "x" * 129},
        {"X-Request-ID": "two words"},
        {"X-Request-ID": '"};DROP TABLE occupation'},
    )
]

BAD_REQUESTS = [*MALFORMED, *NOT_FOUND, *NOT_ALLOWED, *ODD_HEADERS]

# With the token of the admin API.
BAD_ADMIN_REQUESTS = [
    *(
        Bad(f"/admin/cache/entries?{name}={value}", wrong=(name,))
        for name, values in {
            "state": ["Fresh", "fresh,stale", "rated", *NOT_WORDS],
            "domain": ["Skills", *NOT_WORDS],
            "limit": ["0", *NOT_WHOLES],
            "offset": ["-1", "1000001", "x"],
        }.items()
        for value in values
    ),
    Bad("/admin/cache/entries?state=fresh&state=stale", wrong=("state",)),
    Bad("/admin/cache/entries?domain=x", wrong=("domain",), method="DELETE"),
    Bad("/admin/cache/entries?domain=skills&domain=x", wrong=("domain",), method="DELETE"),
    Bad("/admin/cache/entries/15-1254?domain=x", wrong=("domain",), method="DELETE"),
    *(
        Bad(f"/admin/cache/entries/{value}", wrong=("code",), method="DELETE")
        for value in NOT_CODES_OF_PATHS
    ),
    *(
        Bad(target, 404, "not-found")
        for target in (
            "/admin",
            "/admin/",
            "/admin/cache/",
            "/admin/cache/jobs",
            "/admin/cache/jobs/",
            "/admin/cache/jobs/x/y",
            "/admin/cache/entries/",
            "/admin/cache/entries/15-1254.00/x",
            "/admin/no-such-path",
        )
    ),
    *(
        Bad(target, 405, "method-not-allowed", method=method)
        for target, method in (
            ("/admin/cache", "POST"),
            ("/admin/cache", "DELETE"),
            ("/admin/cache/warm", "GET"),
            ("/admin/cache/warm", "PUT"),
            ("/admin/cache/entries", "POST"),
            ("/admin/cache/entries/15-1254.00", "GET"),
            ("/admin/cache/jobs/x", "DELETE"),
        )
    ),
]

EACH_SCOPE = ("all", "codes", "stale")
BAD_WARM_BODIES: dict[bytes, tuple[str, ...]] = {
    **dict.fromkeys(
        [
            b"{",
            b'{"all": true',
            b'{"all": True}',
            b"{'all': true}",
            b'{"all": true}}',
            b"all=true",
            b"\xff\xfe",
            b'{"codes": ["\xff"]}',
            b'\xef\xbb\xbf{"all": true}',
            b"\x00",
            b"[" * 200_000,
            b'{"codes": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
            b'{"all":' * 50_000,
            b'{"all": ' + b"1" * 10_000 + b"}",
        ],
        ("body",),
    ),
    **dict.fromkeys(
        [
            b"null", b"true", b"1", b'"all"', b"[]", b'["15-1254.00"]', b'[{"all": true}]', b"NaN",
            b'{"all": true, "x": 1}', b'{"ALL": true}', b'{"": 1}', b'{"_schema": 1}',
            b'{"scope": "all"}', b'{"all": true, "__proto__": {}}', b'{"all\\u0000": true}',
            b'{"canary\\n2026 ERROR forged": 1}', b'{"all": NaN}', b'{"codes": [NaN]}',
        ],
        ("body",),
    ),
    b"{}": EACH_SCOPE,
    b'{"domain": "skills"}': EACH_SCOPE,
    b'{"all": true, "stale": true}': ("all", "stale"),
    b'{"all": true, "codes": ["15-1254.00"]}': ("all", "codes"),
    b'{"all": true, "codes": [], "stale": true}': EACH_SCOPE,
    b'{"all": true, "all": false}': ("body",),
    **dict.fromkeys(
        [
            b'{"all": %s}' % value
            for value in (
                b"false", b"null", b"1", b"1.0", b'"true"', b"[]", b"{}", b"[true]",
            )
        ],
        ("all",),
    ),
    b'{"stale": "yes"}': ("stale",),
    **dict.fromkeys(
        [
            b'{"codes": %s}' % value
            for value in (
                b"[]", b"null", b"true", b'"15-1254.00"', b"{}", b'{"0": "15-1254.00"}', b"15",
                b"[%s]" % b",".join([b'"15-1254.00"'] * 2_001),
            )
        ],
        ("codes",),
    ),
    **dict.fromkeys(
        [
            b'{"codes": [%s]}' % value
            for value in (
                b"null", b"15", b"15.1254", b"true", b"[]", b"{}", b'["15-1254.00"]', b'""', b'" "',
                b'"15-1254.0"', b'"15-1254.00\\n"', b'"15-1254.00\\u0000"', b'"\\ud800"',
                b'"\\uff11\\uff15-1254.00"', b'"%s"' % (b"1" * 100_000), b"1e999",
            )
        ],
        ("codes[0]",),
    ),
    b'{"codes": ["15-1254.00", "x", "11-1011", 3]}': ("codes[1]", "codes[3]"),
    b'{"codes": [%s]}' % b",".join([b'"x"'] * 30): tuple(f"codes[{n}]" for n in range(20)),
    **dict.fromkeys(
        [
            b'{"all": true, "domain": %s}' % value
            for value in (
                b"null", b'""', b'"Skills"', b"1", b"[]", b'["skills"]', b"{}", b'"\\u0000"',
            )
        ],
        ("domain",),
    ),
}  # fmt: skip
"""Bodies that POST /admin/cache/warm refuses, with the parameters that `errors` must name."""
