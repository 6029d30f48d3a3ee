"""What an administrator does in each LMS: where the registration address goes, what comes after
it, and by hand which value goes into which field. Data alone; names of fields and menus are as the
products write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lti_tool.languages import N_
from lti_tool.lti.quirks import quirks_for

#: Our values, as ``Field.value`` names them.
LOGIN, LAUNCH, KEYSET, DOMAIN, TITLE, CANVAS_JSON, HOME = (
    "login_url",
    "launch_url",
    "jwks_url",
    "domain",
    "name",
    "canvas_json",
    "home",
)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the LMS's form: its label there, and one of our values, or a text to choose."""

    label: str
    value: str = ""
    choose: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """``paste``: where the registration address goes ("" where there is no such place). ``after``:
    what is left to do when it is registered. ``open``: where the form for a tool by hand is.
    ``fields``: what to enter there. ``shows``: what the LMS calls each of its values. ``presets``:
    those that are known beforehand, with ``{base}`` for the LMS's own address."""

    key: str
    name: str
    paste: str
    after: tuple[str, ...]
    open: str
    fields: tuple[Field, ...]
    shows: Mapping[str, str]
    presets: Mapping[str, str]


_IN_A_COURSE = N_("In a course, add the tool and choose units in its picker.")

MOODLE = Product(
    "moodle",
    "Moodle",
    N_(
        "Site administration → Plugins → Activity modules → External tool → Manage tools: paste it "
        "into “Tool URL” and press “Add LTI Advantage”."
    ),
    (
        N_("In “Manage tools”, activate the new tool: Moodle keeps it pending until you do."),
        N_(
            "In its settings (the cog), set “Tool configuration usage” to “Show in activity "
            "chooser and as a preconfigured tool”."
        ),
        N_("In a course, add the activity and press “Select content” to choose units."),
    ),
    N_(
        "Site administration → Plugins → Activity modules → External tool → Manage tools → "
        "“configure a tool manually”."
    ),
    (
        Field("Tool name", TITLE),
        Field("Tool URL", LAUNCH),
        Field("LTI version", choose="LTI 1.3"),
        Field("Public key type", choose="Keyset URL"),
        Field("Public keyset", KEYSET),
        Field("Initiate login URL", LOGIN),
        Field("Redirection URI(s)", LAUNCH),
        Field(
            "Tool configuration usage",
            choose="Show in activity chooser and as a preconfigured tool",
        ),
        Field("Supports Deep Linking (Content-Item Message)", choose="✓"),
        Field("Content Selection URL", LAUNCH),
        Field(
            "IMS LTI Assignment and Grade Services",
            choose="Use this service for grade sync and column management",
        ),
        Field(
            "IMS LTI Names and Role Provisioning",
            choose="Use this service to retrieve members' information as per privacy settings",
        ),
    ),
    {
        "issuer": "Platform ID",
        "client_id": "Client ID",
        "auth_url": "Authentication request URL",
        "token_url": "Access token URL",
        "jwks_url": "Public keyset URL",
    },
    {
        "issuer": "{base}",
        "auth_url": "{base}/mod/lti/auth.php",
        "token_url": "{base}/mod/lti/token.php",
        "jwks_url": "{base}/mod/lti/certs.php",
    },
)

CANVAS = Product(
    "canvas",
    "Canvas",
    N_("Admin → Developer Keys → + Developer Key → + LTI Registration: paste it and go on."),
    (
        N_("In Admin → Developer Keys, see that the new key's state is “On”."),
        N_(
            "In Admin → Settings → Apps → View App Configurations, press + App, choose “By Client "
            "ID” and enter the client id below, unless Canvas has installed the app by itself."
        ),
        N_(
            "In a course, add an assignment of the type “External Tool”, or a module item, and "
            "choose a unit in the tool's picker."
        ),
    ),
    N_("Admin → Developer Keys → + Developer Key → + LTI Key."),
    (
        Field("Method", choose="Enter URL"),
        Field("JSON URL", CANVAS_JSON),
        Field("Redirect URIs", LAUNCH),
    ),
    {"client_id": "Details (the long number above “Show Key”)"},
    {
        "issuer": "https://canvas.instructure.com",
        "auth_url": "https://sso.canvaslms.com/api/lti/authorize_redirect",
        "token_url": "https://sso.canvaslms.com/login/oauth2/token",
        "jwks_url": "https://sso.canvaslms.com/api/lti/security/jwks",
    },
)

BRIGHTSPACE = Product(
    "desire2learn",
    "Brightspace",
    N_("Admin Tools → Manage Extensibility → LTI Advantage → Register Tool → Dynamic."),
    (
        N_("In Manage Extensibility → LTI Advantage, switch the new tool on."),
        N_(
            "Open it, press “View Deployments” → “New Deployment”, choose the tool, allow names "
            "and grades, and the org units that may use it; then make a link of the type “Deep "
            "Linking Quicklink”."
        ),
        N_("In a course, open “Add Existing” → the tool, and choose units."),
    ),
    N_("Admin Tools → Manage Extensibility → LTI Advantage → Register Tool → Standard."),
    (
        Field("Name", TITLE),
        Field("Domain", HOME),
        Field("Redirect URLs", LAUNCH),
        Field("OpenID Connect Login URL", LOGIN),
        Field("Target Link URI", LAUNCH),
        Field("Keyset URL", KEYSET),
        Field("Extensions", choose="Assignment and Grade Services, Deep Linking, Names and Roles"),
    ),
    {
        "issuer": "Issuer",
        "client_id": "Client Id",
        "auth_url": "OpenID Connect Authentication Endpoint",
        "token_url": "Brightspace OAuth2 Access Token URL",
        "jwks_url": "Brightspace Keyset URL",
        "token_audience": "Brightspace OAuth2 Audience",
    },
    {
        "issuer": "{base}",
        "auth_url": "{base}/d2l/lti/authenticate",
        "token_url": "https://auth.brightspace.com/core/connect/token",
        "jwks_url": "{base}/d2l/.well-known/jwks",
        "token_audience": "https://api.brightspace.com/auth/token",
    },
)

BLACKBOARD = Product(
    "blackboardlearn",
    "Blackboard",
    N_("developer.blackboard.com → Register a tool by its dynamic registration address."),
    (
        N_(
            "In Administrator Panel → LTI Tool Providers, press “Register LTI 1.3/Advantage Tool”, "
            "enter the client id below, and approve it."
        ),
        N_("Send user fields and allow grade service and membership service."),
        N_("In a course, open Content Market, choose the tool, and choose units."),
    ),
    N_("developer.blackboard.com → My Apps → +; then Administrator Panel → LTI Tool Providers."),
    (
        Field("Application Name", TITLE),
        Field("Domain(s)", DOMAIN),
        Field("Login Initiation URL", LOGIN),
        Field("Tool Redirect URL(s)", LAUNCH),
        Field("Tool JWKS URL", KEYSET),
        Field("Signing Algorithm", choose="RS256"),
    ),
    {
        "issuer": "Issuer",
        "client_id": "Application ID",
        "auth_url": "OIDC auth request endpoint",
        "token_url": "Auth token endpoint",
        "jwks_url": "Public keyset URL",
    },
    {
        "issuer": "https://blackboard.com",
        "auth_url": "https://developer.blackboard.com/api/v1/gateway/oidcauth",
        "token_url": "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
    },
)

SAKAI = Product(
    "sakai",
    "Sakai",
    N_("Administration Workspace → External Tools → LTI Advantage Auto-Provision: paste it."),
    (
        N_("In External Tools → Installed Tools, make the tool “Stealthed: no”."),
        N_("In a site, open Lessons → Add Content → External tool, and choose units."),
    ),
    N_("Administration Workspace → External Tools → Install LTI 1.x Tool."),
    (
        Field("Tool Title", TITLE),
        Field("Launch URL", LAUNCH),
        Field("Tool supports LTI 1.3", choose="✓"),
        Field("Tool's public keyset (JWKS) endpoint", KEYSET),
        Field("Tool's OpenID Connect/Initialization endpoint", LOGIN),
        Field("Tool's redirect endpoint", LAUNCH),
        Field("Allow the tool to be one of the assessment types", choose="✓"),
        Field("Allow Deep Linking / Send Names and Roles / Grades", choose="✓"),
    ),
    {
        "issuer": "LTI 1.3 Platform Issuer",
        "client_id": "LTI 1.3 Client ID",
        "auth_url": "LTI 1.3 Platform OIDC Authentication URL",
        "token_url": "LTI 1.3 Platform OAuth2 Bearer Token Retrieval URL",
        "jwks_url": "LTI 1.3 Platform OAuth2 Well-Known/KeySet URL",
    },
    {"issuer": "{base}", "auth_url": "{base}/imsoidc/lti13/oidc_auth"},
)

ILIAS = Product(
    "ilias",
    "ILIAS",
    "",
    (N_("In a course, add an “LTI Consumer” object with the new provider and choose content."),),
    N_("Administration → Extending ILIAS → LTI → Consumer → Add Provider."),
    (
        Field("Provider Name", TITLE),
        Field("LTI Version", choose="LTI 1.3"),
        Field("Provider URL", LAUNCH),
        Field("Initiate Login URL", LOGIN),
        Field("Redirection URIs", LAUNCH),
        Field("Key Type", choose="JWK Keyset URL"),
        Field("Public Keyset URL", KEYSET),
        Field("Content Item Selection URL", LAUNCH),
        Field("Grade Synchronization", choose="✓"),
    ),
    {
        "issuer": "Platform ID",
        "client_id": "Client ID",
        "auth_url": "Authentication Request URL",
        "token_url": "Access Token URL",
        "jwks_url": "Public Keyset URL",
    },
    {
        "issuer": "{base}",
        "auth_url": "{base}/ltiauth.php",
        "token_url": "{base}/ltitoken.php",
        "jwks_url": "{base}/lticerts.php",
    },
)

OPEN_EDX = Product(
    "openedx",
    "Open edX",
    "",
    (
        N_("In Studio, publish the unit that holds the LTI component."),
        N_("For deep linking, open the component in Studio and press “Launch the tool”."),
    ),
    N_("Studio → Advanced Settings: add “lti_consumer”; then a unit → Advanced → LTI Consumer."),
    (
        Field("LTI Version", choose="LTI 1.3"),
        Field("Tool Launch URL", LAUNCH),
        Field("Registered Redirect URIs", LAUNCH),
        Field("Tool Initiate Login URL", LOGIN),
        Field("Tool Public Key Mode", choose="Keyset URL"),
        Field("Tool Keyset URL", KEYSET),
        Field("Deep linking", choose="True"),
        Field("Deep Linking Launch URL", LAUNCH),
        Field("LTI Assignment and Grades Service", choose="Allow tools to submit grades only"),
        Field("Scored", choose="True"),
    ),
    {
        "issuer": "Issuer (platform ID)",
        "client_id": "Client ID",
        "auth_url": "OIDC Callback URL / Login URL",
        "token_url": "Access Token URL",
        "jwks_url": "Keyset URL",
    },
    {"issuer": "{base}", "auth_url": "{base}/api/lti_consumer/v1/launch/"},
)

OTHER = Product(
    "",
    N_("Another LMS"),
    N_("Look for “dynamic registration” or “registration URL” where LTI 1.3 tools are added."),
    (
        N_("Activate the tool where your platform lists its tools, if it waits there."),
        N_("Make it available to courses."),
        _IN_A_COURSE,
    ),
    N_("Open the page where LTI 1.3 tools are added."),
    (
        Field("Name", TITLE),
        Field("Launch URL, target link URI, tool URL", LAUNCH),
        Field("Redirect URI", LAUNCH),
        Field("Login URL, OIDC initiation URL", LOGIN),
        Field("Keyset URL, JWKS URL", KEYSET),
        Field("Deep linking URL, content selection URL", LAUNCH),
    ),
    {},
    {},
)

PRODUCTS: Mapping[str, Product] = MappingProxyType(
    {
        item.key: item
        for item in (MOODLE, CANVAS, BRIGHTSPACE, BLACKBOARD, SAKAI, ILIAS, OPEN_EDX, OTHER)
    }
)


def product_of(family: str, issuer: str) -> Product:
    """What we know of a registration's LMS, by its product family or its well-known issuer."""
    key = "".join(letter for letter in family.lower() if letter.isalnum())
    return PRODUCTS.get(key) or PRODUCTS.get(quirks_for(family, issuer).name, OTHER)


def presets(product: Product, base: str) -> dict[str, str]:
    """The LMS's values as far as they are known when only its address is."""
    base = base.rstrip("/")
    found = {name: text.format(base=base) for name, text in product.presets.items()}
    return {name: text for name, text in found.items() if base or "{" not in product.presets[name]}
