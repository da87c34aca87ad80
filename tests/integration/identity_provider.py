"""A small OpenID Connect provider in a process of its own: authorization code flow with PKCE."""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "parley"
SECRET = "only-between-us"

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class World:
    person: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)


world = World()


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_args: Any) -> None:
        pass

    @property
    def base(self) -> str:
        return f"http://{self.headers['Host']}"

    def answer(self, body: Any, status: int = 200) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        match parts.path:
            case "/.well-known/openid-configuration":
                self.answer(
                    {
                        "issuer": self.base,
                        "authorization_endpoint": f"{self.base}/authorize",
                        "token_endpoint": f"{self.base}/token",
                        "userinfo_endpoint": f"{self.base}/userinfo",
                        "jwks_uri": f"{self.base}/keys",
                        "token_endpoint_auth_methods_supported": ["client_secret_post"],
                    }
                )
            case "/keys":
                public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
                self.answer({"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]})
            case "/authorize":
                assert query["response_type"] == "code"
                assert query["client_id"] == CLIENT_ID
                assert query["code_challenge_method"] == "S256"
                code = secrets.token_urlsafe()
                world.codes[code] = query
                back = urlencode({"code": code, "state": query["state"]})
                self.send_response(302)
                self.send_header("Location", f"{query['redirect_uri']}?{back}")
                self.end_headers()
            case "/userinfo":
                token = self.headers["Authorization"].removeprefix("Bearer ")
                person = world.tokens.get(token)
                self.answer(person or {"error": "invalid_token"}, 200 if person else 401)
            case _:
                self.answer({}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        match self.path:
            case "/test/person":
                world.person, world.lies = json.loads(body), {}
                self.answer({})
            case "/test/lies":
                world.lies = json.loads(body)
                self.answer({})
            case "/token":
                self.token({k: v[0] for k, v in parse_qs(body.decode()).items()})
            case _:
                self.answer({}, 404)

    def token(self, form: dict[str, str]) -> None:
        asked = world.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or form.get("client_secret") != SECRET
            or asked["redirect_uri"] != form.get("redirect_uri")
            or asked["code_challenge"] != challenge
        ):
            self.answer({"error": "invalid_grant"}, 400)
            return
        access = secrets.token_urlsafe()
        world.tokens[access] = world.person
        claims = {
            "iss": self.base,
            "aud": CLIENT_ID,
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
            **world.person,
            **world.lies,
        }
        signed = jwt.encode(claims, key, algorithm="RS256", headers={"kid": "1"})
        self.answer({"access_token": access, "token_type": "Bearer", "id_token": signed})


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)  # noqa: T201 - read by who started it
    server.serve_forever()
