import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  CERTIFICATE_ALGORITHMS,
  certifiedKeyType,
  hostKeyAlgorithms,
  identitiesText,
  joinFields,
  knownHostsName,
  parseCertificate,
  prepareLogin,
  require_constants,
  require_lib,
  require_utils,
  sshFields
} from "./chunk-XXELBRAS.js";
import {
  FellSilent
} from "./chunk-XOUPQI22.js";
import {
  commandChannel,
  createDaemonWays,
  shellCommand
} from "./chunk-33DNL4A3.js";
import "./chunk-RSYTV2SV.js";
import "./chunk-SXUCSHNG.js";
import {
  sha256
} from "./chunk-HXB6XSEK.js";
import {
  fingerprint,
  formatHostKey,
  parseHostKeyBlob,
  sameKey
} from "./chunk-KYHKDAB5.js";
import "./chunk-B56HH6Z6.js";
import "./chunk-BER7XQ6C.js";
import {
  DispatchError,
  toDispatchError
} from "./chunk-7AVBNTXI.js";
import {
  __toESM
} from "./chunk-4NJ7PDOZ.js";

// src/builders/ssh/connection.ts
var import_ssh22 = __toESM(require_lib(), 1);

// src/builders/ssh/auth-methods.ts
var import_ssh2 = __toESM(require_lib(), 1);
function authMethods({ user: username, identities }) {
  const certificates = /* @__PURE__ */ new Map();
  if (identities.length === 0) return { methods: [{ type: "none", username }], certificates };
  const methods = identities.map((identity) => {
    if (identity.kind === "agent") return { type: "agent", username, agent: identity.socketPath };
    const { text } = identity.key;
    if (identity.kind === "key") return { type: "publickey", username, key: text };
    const parsed = import_ssh2.default.utils.parseKey(text);
    if (parsed instanceof Error) throw parsed;
    certificates.set(parsed, identity.certificate.blob);
    return { type: "publickey", username, key: parsed };
  });
  return { methods, certificates };
}

// src/builders/ssh/host-certificates.ts
var import_constants = __toESM(require_constants(), 1);
var supported = import_constants.default.SUPPORTED_SERVER_HOST_KEY;
supported.push(...CERTIFICATE_ALGORITHMS.map(({ name }) => name).filter((name) => !supported.includes(name)));
function isHostKeyAlgorithm(name) {
  return supported.includes(name);
}
function acceptHostCertificates(client) {
  const protocol = Reflect.get(client, "_protocol");
  if (typeof protocol !== "object" || protocol === null || !("_kex" in protocol)) {
    throw new Error("ssh2 keeps its key exchange elsewhere than in version 1.17.0");
  }
  let current = protocol._kex;
  Object.defineProperty(protocol, "_kex", {
    get: () => current,
    set(exchange) {
      current = exchange;
      if (isKeyExchange(exchange)) expectCertificate(exchange);
    }
  });
}
function expectCertificate(exchange) {
  const algorithm = CERTIFICATE_ALGORITHMS.find(({ name }) => name === exchange.negotiated.serverHostKey);
  if (algorithm === void 0) return;
  Object.defineProperty(exchange.negotiated, "serverHostKey", {
    enumerable: true,
    get: () => exchange._hostKey === void 0 ? algorithm.certificateType : algorithm.signature
  });
  const getPublicKey = exchange.getPublicKey.bind(exchange);
  exchange.getPublicKey = () => {
    const ours = getPublicKey();
    exchange._hostKey = certifiedKey(exchange._hostKey);
    return ours;
  };
}
function certifiedKey(blob) {
  const key = blob === void 0 ? void 0 : parseHostKeyBlob(new Uint8Array(blob));
  const certificate = key === void 0 ? void 0 : parseCertificate(key);
  return certificate === void 0 ? blob : Buffer.from(certificate.key.blob);
}
function isKeyExchange(value) {
  if (typeof value !== "object" || value === null) return false;
  if (!("negotiated" in value && "_hostKey" in value && "getPublicKey" in value)) return false;
  const { negotiated } = value;
  return typeof negotiated === "object" && negotiated !== null && "serverHostKey" in negotiated;
}

// src/builders/ssh/cheap-packets.ts
import { createSecretKey, randomBytes, randomFillSync } from "node:crypto";
var POOL_BYTES = 16 * 1024;
var LENGTH_FIELDS_BYTES = 5;
var BLOCK_BYTES = 16;
var LEAST_PADDING_BYTES = 4;
function makePacketsCheap(client) {
  const protocol = Reflect.get(client, "_protocol");
  if (typeof protocol !== "object" || protocol === null) return;
  const cipher = Reflect.get(protocol, "_cipher");
  const decipher = Reflect.get(protocol, "_decipher");
  if (isGcm(cipher, "_encSSLName")) {
    importKey(cipher, "_encKey");
    if (Reflect.has(cipher, "allocPacket")) Reflect.set(cipher, "allocPacket", packetMaker());
  }
  if (isGcm(decipher, "_decipherSSLName")) importKey(decipher, "_decipherKey");
}
function isGcm(cipher, field) {
  return typeof cipher === "object" && cipher !== null && /^aes-\d+-gcm$/.test(String(Reflect.get(cipher, field)));
}
function importKey(cipher, field) {
  const key = Reflect.get(cipher, field);
  if (Buffer.isBuffer(key)) Reflect.set(cipher, field, createSecretKey(key));
}
function packetMaker() {
  const pool = randomBytes(POOL_BYTES);
  let used = 0;
  return (payloadBytes) => {
    let paddingBytes = BLOCK_BYTES - (payloadBytes + 1) % BLOCK_BYTES;
    if (paddingBytes < LEAST_PADDING_BYTES) paddingBytes += BLOCK_BYTES;
    const packet = Buffer.allocUnsafe(LENGTH_FIELDS_BYTES + payloadBytes + paddingBytes);
    packet.writeUInt32BE(packet.length - 4, 0);
    packet[4] = paddingBytes;
    if (used + paddingBytes > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    pool.copy(packet, LENGTH_FIELDS_BYTES + payloadBytes, used, used + paddingBytes);
    used += paddingBytes;
    return packet;
  };
}

// src/builders/known-hosts/judge-certificate.ts
var KEY_FILES = { "ssh-ed25519": "ed25519", "ecdsa-": "ecdsa", "ssh-rsa": "rsa" };
var LAST_DATE_MS = 8640000000000000n;
function judgeCertificate(certificate, host, authorities, checks) {
  const { authority, kind, principals, validAfter, validBefore, criticalOptions, signature } = certificate;
  const signAgain = `Sign the host key again, where the authority's key is: ${signCommand(host, certificate.key)}`;
  const print = (key) => `${key.type} ${fingerprint(key.blob, checks.sha256)}`;
  if (!authorities.some((key) => sameKey(key, authority))) {
    return {
      reason: `is signed by ${print(authority)}, not by ${authorities.map(print).join(" or ")}`,
      hint: "Another machine may be answering. If the host has a new authority, name its key in a @cert-authority line."
    };
  }
  if (!checks.verifySignature(authority, signature.algorithm, certificate.signed, signature.bytes)) {
    return { reason: `has a signature (${quoted(signature.algorithm)}) that does not fit`, hint: signAgain };
  }
  if (kind !== "host") {
    return { reason: "is not one for hosts", hint: signAgain };
  }
  const now = BigInt(Math.floor(checks.nowMs / 1e3));
  if (now < validAfter) {
    return {
      reason: `is valid only from ${dateOf(validAfter)} on`,
      hint: "Is the clock of this runner right?"
    };
  }
  if (now >= validBefore) return { reason: `expired at ${dateOf(validBefore)}`, hint: signAgain };
  const [unknown] = criticalOptions;
  if (unknown !== void 0) {
    return {
      reason: `has the critical option ${quoted(unknown)}, which is not known here`,
      hint: signAgain
    };
  }
  if (!principals.includes(host.toLowerCase())) {
    const names = principals.length === 0 ? "names no host" : `is for ${listed(principals)}, not for ${host}`;
    return {
      reason: names,
      hint: `Call the host what its certificate calls it (HostKeyAlias). Or: ${signAgain}`
    };
  }
  return void 0;
}
function signCommand(host, { type }) {
  const [, kind = "ed25519"] = Object.entries(KEY_FILES).find(([start]) => type.startsWith(start)) ?? [];
  return `ssh-keygen -s CA_KEY -I ${host} -h -n ${host} -V +52w /etc/ssh/ssh_host_${kind}_key.pub`;
}
function listed(principals) {
  const shown = principals.slice(0, 5).map(quoted);
  return principals.length > shown.length ? `${shown.join(", ")} and others` : shown.join(", ");
}
function quoted(text) {
  return JSON.stringify(text.slice(0, 80));
}
function dateOf(seconds) {
  const milliseconds = seconds * 1000n;
  return milliseconds > LAST_DATE_MS ? "a time that never comes" : new Date(Number(milliseconds)).toISOString();
}

// src/builders/known-hosts/verify-host-key.ts
function verifyHostKey(trust, offered, checks) {
  const { host, port, keys, source } = trust;
  const print = (one) => `${one.type} ${fingerprint(one.blob, checks.sha256)}`;
  const certificate = parseCertificate(offered);
  const key = certificate?.key ?? offered;
  const line = `${knownHostsName(host, port)} ${formatHostKey(key)}`;
  const revoked = [key, ...certificate === void 0 ? [] : [certificate.authority]].find(
    (one) => keys.revoked.some((bad) => sameKey(bad, one))
  );
  if (revoked !== void 0) {
    const what = revoked === key ? "the host key" : "a certificate signed by";
    return {
      kind: "revoked",
      message: `${host} offered ${what} ${print(revoked)}, which ${source} marks as revoked`,
      hint: "Somebody may be using a stolen key. Give the host a new one, then name that in known_hosts."
    };
  }
  const refusal = certificate === void 0 ? void 0 : judgeCertificate(certificate, host, keys.certAuthorities, checks);
  if (certificate !== void 0 && refusal === void 0) return { kind: "trusted" };
  if (keys.trusted.some((one) => sameKey(one, key))) return { kind: "trusted" };
  if (refusal !== void 0) {
    return {
      kind: "unknown",
      line,
      message: `${host} offered the host key ${print(key)}, but its certificate ${refusal.reason}; nothing was sent`,
      hint: refusal.hint
    };
  }
  if (keys.trusted.length > 0) {
    return {
      kind: "unknown",
      line,
      message: `${host} offered the host key ${print(key)}, but ${source} expects ${keys.trusted.map(print).join(" or ")}; nothing was sent`,
      hint: `Another machine may be answering. If the key was changed on purpose, name the new one: ${line}`
    };
  }
  if (keys.certAuthorities.length > 0) {
    return {
      kind: "unknown",
      line,
      message: `${host} offered the host key ${print(key)} without a certificate, but ${source} expects one signed by ${keys.certAuthorities.map(print).join(" or ")}; nothing was sent`,
      hint: `Name the certificate in its sshd_config (HostCertificate). Or, if that is the host's own key, add this line to known_hosts: ${line}`
    };
  }
  const unreadable = (trust.unreadable ?? []).map((text) => `${text}
`).join("");
  return {
    kind: "unknown",
    line,
    message: `no known_hosts line names ${knownHostsName(host, port)}, which offered the host key ${print(key)}`,
    // What is to be copied stands at the end, in one line too.
    hint: `${unreadable}If that is the fingerprint that ssh-keygen -l shows on the host, add this line to known_hosts: ${line}`
  };
}

// src/builders/ssh/verify-signature.ts
import { createPublicKey, verify } from "node:crypto";
var SCHEMES = /* @__PURE__ */ new Map([
  ["ssh-ed25519", { keyType: "ssh-ed25519", hash: void 0 }],
  ["ecdsa-sha2-nistp256", { keyType: "ecdsa-sha2-nistp256", hash: "sha256" }],
  ["ecdsa-sha2-nistp384", { keyType: "ecdsa-sha2-nistp384", hash: "sha384" }],
  ["ecdsa-sha2-nistp521", { keyType: "ecdsa-sha2-nistp521", hash: "sha512" }],
  ["rsa-sha2-512", { keyType: "ssh-rsa", hash: "sha512" }],
  ["rsa-sha2-256", { keyType: "ssh-rsa", hash: "sha256" }]
]);
var CURVES = /* @__PURE__ */ new Map([
  ["nistp256", { name: "P-256", bytes: 32 }],
  ["nistp384", { name: "P-384", bytes: 48 }],
  ["nistp521", { name: "P-521", bytes: 66 }]
]);
var UNCOMPRESSED_POINT = 4;
var MIN_RSA_BITS = 1024;
function verifySignature(key, algorithm, data, signature) {
  const scheme = SCHEMES.get(algorithm);
  if (scheme?.keyType !== key.type || certifiedKeyType(key.type) !== void 0) return false;
  try {
    const publicKey = createPublicKey({ key: jwkOf(key), format: "jwk" });
    const bits = publicKey.asymmetricKeyDetails?.modulusLength;
    if (bits !== void 0 && bits < MIN_RSA_BITS) return false;
    return verify(scheme.hash, data, { key: publicKey, dsaEncoding: "ieee-p1363" }, flatten(key, signature));
  } catch {
    return false;
  }
}
function jwkOf({ type, blob }) {
  const fields = sshFields(blob, "the key");
  fields.bytes();
  if (type === "ssh-ed25519") return { kty: "OKP", crv: "Ed25519", x: base64url(fields.bytes()) };
  if (type === "ssh-rsa") {
    const [e, n] = [fields.bytes(), fields.bytes()];
    return { kty: "RSA", e: base64url(unsigned(e)), n: base64url(unsigned(n)) };
  }
  const curve = curveOf(type, fields);
  const point = fields.bytes();
  if (point[0] !== UNCOMPRESSED_POINT || point.length !== 1 + 2 * curve.bytes)
    throw new RangeError("no point");
  return {
    kty: "EC",
    crv: curve.name,
    x: base64url(point.subarray(1, 1 + curve.bytes)),
    y: base64url(point.subarray(1 + curve.bytes))
  };
}
function flatten({ type, blob }, signature) {
  if (!type.startsWith("ecdsa-")) return signature;
  const key = sshFields(blob, "the key");
  key.bytes();
  const { bytes } = curveOf(type, key);
  const fields = sshFields(signature, "the signature");
  const flat = new Uint8Array(2 * bytes);
  for (const end of [bytes, 2 * bytes]) {
    const number = unsigned(fields.bytes());
    if (number.length > bytes) throw new RangeError("a number of the signature is too long");
    flat.set(number, end - number.length);
  }
  if (!fields.isAtEnd()) throw new RangeError("there is more behind the signature");
  return flat;
}
function curveOf(type, fields) {
  const name = fields.text();
  const curve = CURVES.get(name);
  if (curve === void 0 || type !== `ecdsa-sha2-${name}`) throw new RangeError("no curve");
  return curve;
}
function unsigned(number) {
  const start = number.findIndex((byte) => byte !== 0);
  return start < 0 ? number.subarray(number.length) : number.subarray(start);
}
function base64url(bytes) {
  return Buffer.from(bytes).toString("base64url");
}

// src/builders/ssh/judge-host.ts
function hostJudge(login) {
  let trusted;
  return (blob) => {
    if (trusted?.equals(blob) === true) return void 0;
    const refusal = judge(login, blob);
    if (refusal === void 0) trusted = Buffer.from(blob);
    return refusal;
  };
}
function judge({ name, host, trust, checking, onUnchecked }, blob) {
  const offered = parseHostKeyBlob(new Uint8Array(blob));
  if (offered === void 0)
    return new DispatchError("host-key", "the host key cannot be read", { host: name });
  try {
    const verdict = verifyHostKey(trust, offered, { sha256, verifySignature, nowMs: Date.now() });
    if (verdict.kind === "trusted") return void 0;
    if (checking === "off" && verdict.kind === "unknown") {
      onUnchecked?.(host, verdict.line);
      return void 0;
    }
    return new DispatchError("host-key", verdict.message, { host: name, hint: verdict.hint });
  } catch (error) {
    const { message } = toDispatchError(error, "host-key");
    return new DispatchError("host-key", `${host} offered a host key that cannot be read: ${message}`, {
      host: name
    });
  }
}

// src/builders/ssh/liveness.ts
var LOOKS_PER_LIMIT = 60;
function watchLiveness(transport, limitMs, onSilence) {
  const lookMs = limitMs / LOOKS_PER_LIMIT;
  let bytesSeen = transport.bytesRead();
  let lookedAt = performance.now();
  let silentMs = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    silentMs += Math.min(now - lookedAt, 2 * lookMs);
    lookedAt = now;
    if (transport.bytesRead() !== bytesSeen) {
      bytesSeen = transport.bytesRead();
      silentMs = 0;
    } else if (silentMs >= limitMs - 2 * lookMs) {
      clearInterval(timer);
      onSilence(silentMs);
    }
  }, lookMs);
  timer.unref();
  transport.stream.once("close", () => clearInterval(timer));
}

// src/builders/ssh/login-errors.ts
function loginError(login, thrown) {
  if (thrown instanceof DispatchError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const details = { host: login.name, cause: error };
  const at = `${login.host} port ${login.port}`;
  const code = "code" in error ? String(error.code) : "";
  const level = "level" in error ? String(error.level) : "";
  const network = networkFault(code, at);
  if (network !== void 0)
    return new DispatchError("unreachable", network.message, { ...details, hint: network.hint });
  if (level === "client-authentication") return authenticationError(login, error);
  if (level === "client-timeout" || code === "ETIMEDOUT") {
    return new DispatchError(
      "unreachable",
      `no answer from ${at} within ${login.connectTimeoutMs / 1e3} s`,
      {
        ...details,
        hint: "Is the host up, and does a firewall let this runner in?"
      }
    );
  }
  if (level === "handshake" || level === "protocol") {
    return new DispatchError("unreachable", `${at} and we do not agree how to talk SSH: ${error.message}`, {
      ...details,
      hint: isBusy(error) ? "The SSH server closed the connection at once: it may be too busy (MaxStartups), or refuse this address." : "Is it an SSH server, and does it allow current algorithms?"
    });
  }
  return new DispatchError("unreachable", `the connection to ${at} failed: ${error.message}`, details);
}
function isWorthRetrying(error) {
  if (error.code !== "unreachable") return false;
  const { cause } = error;
  return cause instanceof Error && (isBusy(cause) || "code" in cause && cause.code === "ECONNRESET");
}
function isBusy(error) {
  return /before handshake|maxstartups/i.test(error.message);
}
function authenticationError(login, cause) {
  const { user, identities, name, host } = login;
  const offered = identitiesText(identities);
  return new DispatchError("authentication", `${host} does not let ${user} in ${offered}`, {
    host: name,
    cause,
    hint: identities.length === 0 ? "Give a private key: the input ssh_key, or a key file in the machine line." : `Add the public half of this key to ~${user}/.ssh/authorized_keys there, or name another user in the machine line.`
  });
}
function networkFault(code, at) {
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_NODATA":
      return {
        message: `the name in ${at} cannot be looked up`,
        hint: code === "EAI_AGAIN" ? "Name servers do not answer." : "Is the host name in the machine line right?"
      };
    case "ECONNREFUSED":
      return { message: `${at} refused the connection`, hint: "Does sshd run there, and on that port?" };
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return {
        message: `there is no way to ${at} from here`,
        hint: "Is the host up, and on a network that this runner reaches?"
      };
    case "ECONNRESET":
    case "EPIPE":
      return {
        message: `${at} dropped the connection while we logged in`,
        hint: "It may be too busy (MaxStartups), or refuse this address."
      };
    default:
      return void 0;
  }
}

// src/builders/ssh/session-errors.ts
function connectionLost({ name, host }, cause) {
  return new DispatchError("connection-lost", `the SSH connection to ${host} was lost`, {
    host: name,
    cause
  });
}
function closedBefore({ name }) {
  return new DispatchError("cancelled", `${name} was closed`, { host: name });
}
function noSessions({ name, host, user }, cause) {
  return new DispatchError("unreachable", `${host} lets ${user} in but opens no session`, {
    host: name,
    hint: "MaxSessions of its sshd may be 0, or the machine is out of processes.",
    cause
  });
}
function allFull({ name, host }, limit, maxConnections) {
  return new DispatchError(
    "unreachable",
    `${host} allows ${limit} sessions in a connection, and max-connections=${maxConnections} allows no further one`,
    { host: name, hint: "Lower max jobs, or raise max-connections or MaxSessions of its sshd." }
  );
}

// src/builders/ssh/tcp.ts
import { connect } from "node:net";
function connectTcp(host, port, timeoutMs) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }));
    }, timeoutMs);
    socket.once("error", (error) => {
      clearTimeout(timer);
      reject(firstCause(error));
    });
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.removeAllListeners("error");
      gatherWrites(socket);
      resolve(socket);
    });
  });
}
function gatherWrites(socket) {
  const write = socket.write.bind(socket);
  let isGathering = false;
  const uncork = () => {
    isGathering = false;
    socket.uncork();
  };
  socket.write = (...args) => {
    if (!isGathering) {
      isGathering = true;
      socket.cork();
      process.nextTick(uncork);
    }
    return write(...args);
  };
}
function firstCause(error) {
  const [first] = error instanceof AggregateError ? error.errors : [];
  return first instanceof Error ? first : error;
}

// src/builders/ssh/transport.ts
async function openTransport(login, connect2) {
  if (login.via !== void 0) return openJump(login, login.via, connect2);
  const socket = await connectTcp(login.host, login.port, login.connectTimeoutMs).catch((error) => {
    throw loginError(login, error);
  });
  return { stream: socket, bytesRead: () => socket.bytesRead };
}
async function openJump(login, via, connect2) {
  const jump = await connect2(via);
  let bytes = 0;
  try {
    const stream = await jump.openTcp(login.host, login.port);
    stream.prependListener("data", (chunk) => {
      bytes += chunk.length;
    });
    stream.pause();
    stream.once("close", () => jump.close());
    void jump.closed.then(() => stream.destroy());
    return { stream, bytesRead: () => bytes };
  } catch (cause) {
    jump.close();
    const why = cause instanceof Error ? cause.message.replace(/^\(SSH\) Channel open failure: /, "") : "";
    throw new DispatchError(
      "unreachable",
      `${via.host} cannot reach ${login.host} port ${login.port}: ${why}`,
      {
        host: login.name,
        hint: "Is the host up, and does sshd of the jump host allow forwarding (AllowTcpForwarding)?",
        cause
      }
    );
  }
}

// src/builders/ssh/user-certificates.ts
var import_utils = __toESM(require_utils(), 1);

// src/builders/ssh/make-signature.ts
import { sign } from "node:crypto";
var CURVE_HASHES = /* @__PURE__ */ new Map([
  ["ecdsa-sha2-nistp256", "sha256"],
  ["ecdsa-sha2-nistp384", "sha384"],
  ["ecdsa-sha2-nistp521", "sha512"]
]);
function makeSignature(keyType, pem, data) {
  const curveHash = CURVE_HASHES.get(keyType);
  if (curveHash !== void 0) {
    const flat = sign(curveHash, data, { key: pem, dsaEncoding: "ieee-p1363" });
    const half = flat.length / 2;
    return {
      algorithm: keyType,
      bytes: joinFields(positive(flat.subarray(0, half)), positive(flat.subarray(half)))
    };
  }
  if (keyType === "ssh-rsa") return { algorithm: "rsa-sha2-512", bytes: sign("sha512", data, pem) };
  return { algorithm: keyType, bytes: sign(void 0, data, pem) };
}
function positive(number) {
  const start = number.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? number.subarray(number.length) : number.subarray(start);
  return (digits[0] ?? 0) < 128 ? digits : Uint8Array.of(0, ...digits);
}

// src/builders/ssh/user-certificates.ts
var USERAUTH_REQUEST = 50;
var SIGNED = 1;
function sendUserCertificates(client, certificates) {
  const protocol = Reflect.get(client, "_protocol");
  if (!isProtocol(protocol)) throw new Error("ssh2 logs in otherwise than in version 1.17.0");
  const sendKey = protocol.authPK.bind(protocol);
  protocol.authPK = (username, key, ...rest) => {
    for (const [certified, certificate] of certificates) {
      if (certified === key) {
        send(protocol, loginRequest(protocol._kex.sessionID, username, certified, certificate));
        return;
      }
    }
    sendKey(username, key, ...rest);
  };
}
function loginRequest(sessionId, username, key, certificate) {
  const algorithm = CERTIFICATE_ALGORITHMS.find(({ keyType }) => keyType === key.type);
  const request = Buffer.concat([
    Uint8Array.of(USERAUTH_REQUEST),
    joinFields(username, "ssh-connection", "publickey"),
    Uint8Array.of(SIGNED),
    joinFields(algorithm?.name ?? certificate.type, certificate.blob)
  ]);
  const data = Buffer.concat([joinFields(sessionId), request]);
  const signature = makeSignature(key.type, key.getPrivatePEM(), data);
  return Buffer.concat([request, joinFields(joinFields(signature.algorithm, signature.bytes))]);
}
function send(protocol, message) {
  const { write } = protocol._packetRW;
  const packet = write.alloc(message.length);
  packet.set(message, write.allocStart);
  protocol._authsQueue.push("publickey");
  import_utils.default.sendPacket(protocol, write.finalize(packet));
}
function isProtocol(value) {
  if (typeof value !== "object" || value === null) return false;
  return "authPK" in value && "_packetRW" in value && "_authsQueue" in value && "_kex" in value;
}

// src/builders/ssh/connection.ts
var PINGS_PER_LIMIT = 15;
async function connectSsh(login) {
  const began = performance.now();
  const transport = await openTransport(login, connectSsh);
  const { stream } = transport;
  const client = new import_ssh22.default.Client();
  const judge2 = hostJudge(login);
  const { methods, certificates } = authMethods(login);
  let refusal;
  let end = () => {
  };
  const closed = new Promise((resolve) => {
    end = resolve;
  });
  let isOurs = false;
  let failure;
  await new Promise((resolve, reject) => {
    client.on("ready", resolve);
    client.on("error", (error) => {
      if ("level" in error && error.level === "agent") return;
      failure ??= refusal ?? loginError(login, error);
      reject(failure);
    });
    client.on("close", () => {
      const dropped = Object.assign(new Error("closed before login"), { code: "ECONNRESET" });
      reject(refusal ?? failure ?? loginError(login, dropped));
      const known = failure?.code === "connection-lost" ? failure : void 0;
      end(isOurs ? void 0 : known ?? connectionLost(login, failure));
    });
    client.connect({
      ...configOf(login, methods),
      sock: stream,
      readyTimeout: Math.max(1, login.connectTimeoutMs - (performance.now() - began)),
      hostVerifier: (blob) => {
        refusal = judge2(blob);
        return refusal === void 0;
      }
    });
    acceptHostCertificates(client);
    if (certificates.size > 0) sendUserCertificates(client, certificates);
  }).catch((error) => {
    client.destroy();
    stream.destroy();
    throw error;
  });
  makePacketsCheap(client);
  failure = void 0;
  watchLiveness(transport, login.keepaliveMs, (silentMs) => {
    failure = new FellSilent(login.host, login.name, silentMs);
    stream.destroy();
  });
  return {
    exec: (command, environment) => openChannel((done) => client.exec(command, { env: { ...environment } }, done)),
    openSocket: (socketPath) => openChannel((done) => client.openssh_forwardOutStreamLocal(socketPath, done)),
    openTcp: (host, port) => openChannel((done) => client.forwardOut("127.0.0.1", 0, host, port, done)),
    closed,
    close() {
      isOurs = true;
      client.end();
      setTimeout(() => stream.destroy(), 500).unref();
    }
  };
}
function isChannelRefused(error) {
  return error instanceof Error && /channel open failure/i.test(error.message);
}
function openChannel(open) {
  return new Promise((resolve, reject) => {
    open((error, channel) => {
      if (error === void 0 || error === null) resolve(channel);
      else reject(error);
    });
  });
}
function configOf(login, methods) {
  return {
    username: login.user,
    authHandler: methods,
    algorithms: {
      serverHostKey: hostKeyAlgorithms(login.trust.keys).filter(isHostKeyAlgorithm),
      compress: login.compress ? ["zlib@openssh.com", "zlib", "none"] : ["none"]
    },
    // The pings are ssh2's, the judgement is ours: any byte counts. They are so frequent because TCP takes as long again as a network
    // was cut to try once more: a cut of just under half the limit is survived only if little silence came before it.
    keepaliveInterval: Math.max(1, Math.floor(login.keepaliveMs / PINGS_PER_LIMIT)),
    keepaliveCountMax: Number.MAX_SAFE_INTEGER
  };
}

// src/builders/ssh/server-pid.ts
var SERVER_PID_COMMAND = `sh -c 'p=$PPID
while [ "$p" -gt 1 ]; do
  read -r name < /proc/$p/comm || exit
  case $name in sshd*) echo "nix-dispatch-sshd $p"; exit ;; esac
  read -r stat < /proc/$p/stat || exit
  set -- \${stat##*) }
  p=$2
done'`;
var MOST_BYTES = 64 * 1024;
async function findServerPid(exec) {
  try {
    const channel = await exec(SERVER_PID_COMMAND);
    channel.stderr.resume();
    channel.end();
    const pid = /nix-dispatch-sshd (\d{1,9})/.exec(await firstText(channel))?.[1];
    return pid === void 0 ? void 0 : Number(pid);
  } catch {
    return void 0;
  }
}
async function firstText(channel) {
  let text = "";
  for await (const chunk of channel) {
    text += String(chunk);
    if (text.length > MOST_BYTES) break;
  }
  return text;
}

// src/builders/ssh/forwarded-sockets.ts
function forwardSockets(connection) {
  let asked = false;
  let serverPid;
  return {
    async open(socketPath) {
      const channel = await connection.openSocket(socketPath);
      if (!asked) {
        asked = true;
        void findServerPid((command) => connection.exec(command)).then((pid) => {
          serverPid = pid;
        });
      }
      return { channel, serverPid: () => serverPid };
    }
  };
}

// src/builders/ssh/patient-login.ts
import { setTimeout as sleep } from "node:timers/promises";
var CONNECT_ATTEMPTS = 4;
var FIRST_PAUSE_MS = 200;
async function connectPatiently(login) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await connectSsh(login);
    } catch (thrown) {
      const error = toDispatchError(thrown, "unreachable", { host: login.name });
      if (attempt >= CONNECT_ATTEMPTS || !isWorthRetrying(error)) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

// src/builders/ssh/seats.ts
function createSeats(isRefusal) {
  const connections = [];
  const counts = /* @__PURE__ */ new WeakMap();
  let limit = Number.POSITIVE_INFINITY;
  const countOf = (connection) => {
    const count = counts.get(connection) ?? { opening: /* @__PURE__ */ new Set(), open: 0, isFull: false };
    counts.set(connection, count);
    return count;
  };
  const learnLimit = async (count, error) => {
    count.isFull = true;
    await Promise.allSettled(count.opening);
    if (count.open === 0) throw error;
    limit = count.open;
    count.isFull = false;
  };
  return {
    connections,
    get limit() {
      return limit;
    },
    add: (connection) => void connections.push(connection),
    remove: (connection) => void connections.splice(connections.indexOf(connection), 1),
    free: () => connections.find((connection) => {
      const { isFull, open, opening } = countOf(connection);
      return !isFull && open + opening.size < limit;
    }),
    async open(connection, ask) {
      const count = countOf(connection);
      const asked = ask();
      count.opening.add(asked);
      try {
        const session = await asked;
        count.opening.delete(asked);
        count.open += 1;
        session.once("close", () => {
          count.open -= 1;
        });
        return session;
      } catch (error) {
        count.opening.delete(asked);
        if (!isRefusal(error)) throw error;
        await learnLimit(count, error);
        return void 0;
      }
    }
  };
}

// src/builders/ssh/session-pool.ts
async function openSessionPool(login, options) {
  const { maxConnections = Number.POSITIVE_INFINITY, environment } = options;
  const seats = createSeats(isChannelRefused);
  let growing;
  let isClosed = false;
  let end = () => {
  };
  const lost = new Promise((resolve) => {
    end = resolve;
  });
  await grow();
  return {
    lost,
    async openSocket(socketPath) {
      const [line] = seats.connections;
      if (isClosed || line === void 0) throw ended();
      try {
        return await line.sockets.open(socketPath);
      } catch (error) {
        if (isChannelRefused(error)) return void 0;
        throw connectionLost(login, error);
      }
    },
    async exec(command) {
      const variables = await environment?.();
      for (; ; ) {
        const line = await lineWithRoom();
        try {
          const channel = await seats.open(line, () => line.connection.exec(command, variables));
          if (channel !== void 0) return channel;
        } catch (error) {
          throw isChannelRefused(error) ? noSessions(login, error) : connectionLost(login, error);
        }
      }
    },
    close() {
      isClosed = true;
      for (const { connection } of seats.connections) connection.close();
      end(void 0);
    }
  };
  async function lineWithRoom() {
    for (; ; ) {
      if (isClosed) throw ended();
      const line = seats.free();
      if (line !== void 0) return line;
      if (seats.connections.length === 0 && growing === void 0) throw ended();
      growing ??= grow().finally(() => {
        growing = void 0;
      });
      await growing;
    }
  }
  async function grow() {
    if (seats.connections.length >= maxConnections) throw allFull(login, seats.limit, maxConnections);
    const connection = await connectPatiently(login);
    const line = { connection, sockets: forwardSockets(connection) };
    seats.add(line);
    void connection.closed.then((reason) => {
      seats.remove(line);
      if (seats.connections.length === 0) end(reason);
    });
    if (isClosed) connection.close();
  }
  function ended() {
    return isClosed ? closedBefore(login) : connectionLost(login, void 0);
  }
}

// src/builders/ssh/ssh-host.ts
async function openSshHost(builder, address, credentials) {
  const { login, environment } = await prepareLogin(builder, address, credentials);
  const pool = await openSessionPool(login, {
    maxConnections: builder.parameters.maxConnections,
    environment
  });
  const { remoteProgram, remoteStore } = builder.parameters;
  const command = [
    ...remoteProgram ?? ["nix-daemon"],
    "--stdio",
    ...remoteStore === void 0 ? [] : ["--store", remoteStore]
  ];
  const isPlain = remoteProgram !== void 0 || remoteStore !== void 0 || environment !== void 0;
  const ways = createDaemonWays(pool, command, isPlain);
  return {
    lost: pool.lost,
    close: () => pool.close(),
    tryAnotherWay: () => ways.tryNext(),
    openCommand: async (words) => commandChannel(await pool.exec(shellCommand(words))),
    openDaemonChannel: () => ways.open()
  };
}
export {
  openSshHost
};
