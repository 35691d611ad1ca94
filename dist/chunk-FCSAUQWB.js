import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  readPrivateKey,
  require_lib
} from "./chunk-7GCZRJ55.js";
import {
  fingerprint,
  formatHostKey,
  parseHostKeyBlob,
  parseHostKeyLine,
  sameKey
} from "./chunk-C7TVTI5J.js";
import {
  CONNECT_TIMEOUT_MS,
  KEEPALIVE_MS,
  commandChannel,
  createDaemonWays,
  shellCommand
} from "./chunk-ZFQS5PY6.js";
import {
  sha256
} from "./chunk-HXB6XSEK.js";
import {
  DispatchError,
  decodeBase64,
  toDispatchError
} from "./chunk-42PFPTD5.js";
import {
  __toESM
} from "./chunk-4NJ7PDOZ.js";

// src/builders/ssh/ssh-host.ts
import { readFile } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";

// src/builders/ssh/host-trust.ts
import { createHmac } from "node:crypto";

// src/builders/known-hosts/host-pattern.ts
var SHA1_BYTES = 20;
function parseHostPatterns(text) {
  if (text.startsWith("|")) return parseHashedName(text);
  const patterns = text.toLowerCase().split(",").map((pattern) => {
    const isNegated = pattern.startsWith("!");
    return { isNegated, glob: isNegated ? pattern.slice(1) : pattern };
  });
  return {
    matches(name) {
      const hits = patterns.filter(({ glob }) => matchesGlob(glob, name));
      return hits.length > 0 && hits.every(({ isNegated }) => !isNegated);
    }
  };
}
function parseHashedName(text) {
  const [, salt = "", digest = ""] = /^\|1\|([^|]+)\|([^|]+)$/.exec(text) ?? [];
  const saltBytes = decodeBase64(salt);
  const digestBytes = decodeBase64(digest);
  if (saltBytes === void 0 || digestBytes?.length !== SHA1_BYTES) return void 0;
  return {
    matches(name, hmacSha12) {
      const actual = hmacSha12(saltBytes, new TextEncoder().encode(name));
      return actual.length === SHA1_BYTES && actual.every((byte, index) => byte === digestBytes[index]);
    }
  };
}
function matchesGlob(glob, text) {
  let at = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < text.length) {
    if (glob[at] === "*") {
      star = at++;
      resume = index;
    } else if (glob[at] === "?" || at < glob.length && glob[at] === text[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else return false;
  }
  while (glob[at] === "*") at++;
  return at === glob.length;
}

// src/builders/known-hosts/known-hosts.ts
var MARKERS = /* @__PURE__ */ new Map([
  ["@revoked", "revoked"],
  ["@cert-authority", "cert-authority"]
]);
function parseKnownHosts(text) {
  const entries = [];
  const faults = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const entry = parseLine(trimmed);
    if (typeof entry === "string") faults.push({ line: index + 1, message: entry });
    else entries.push(entry);
  }
  return { entries, faults };
}
function keysOf(knownHosts, host, port, hmacSha12) {
  const bare = host.toLowerCase();
  const full = knownHostsName(host, port);
  const matching = (names, marker) => knownHosts.entries.filter((entry) => entry.marker === marker).filter(({ patterns }) => names.some((name) => patterns.matches(name, hmacSha12))).map(({ key }) => key);
  const either = (marker) => {
    const found = matching([full], marker);
    return found.length > 0 ? found : matching([bare], marker);
  };
  return {
    trusted: either("trusted"),
    revoked: matching([full, bare], "revoked"),
    certAuthorities: either("cert-authority")
  };
}
function knownHostsName(host, port) {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}
function parseLine(line) {
  const words = line.split(/\s+/);
  const marker = line.startsWith("@") ? MARKERS.get(words[0] ?? "") : "trusted";
  if (marker === void 0) return `unknown marker ${words[0]}: expected @revoked or @cert-authority`;
  const [hosts = "", ...key] = marker === "trusted" ? words : words.slice(1);
  const patterns = parseHostPatterns(hosts);
  if (patterns === void 0) return "its hashed host name is damaged";
  const parsed = parseHostKeyLine(key.join(" "));
  return typeof parsed === "string" ? `expected: host type key; ${parsed}` : { marker, patterns, key: parsed };
}

// src/builders/ssh/host-trust.ts
function hostTrust(host, port, pinned, sources) {
  const known = sources.map(({ name, text }) => {
    const { entries, faults } = parseKnownHosts(text);
    return { name, faults, keys: keysOf({ entries }, host, port, hmacSha1) };
  });
  const revoked = known.flatMap(({ keys }) => keys.revoked);
  if (pinned !== void 0) {
    return {
      host,
      port,
      source: "its machine line",
      keys: { trusted: [pinned], revoked, certAuthorities: [] }
    };
  }
  const first = known.find(({ keys }) => keys.trusted.length > 0) ?? known.find(namesAuthority);
  const { trusted = [], certAuthorities = [] } = first?.keys ?? {};
  return {
    host,
    port,
    source: first?.name ?? "known_hosts",
    keys: { trusted, revoked, certAuthorities },
    unreadable: known.flatMap(
      ({ name, faults }) => faults.map(({ line, message }) => `Line ${line} of ${name} cannot be read: ${message}`)
    )
  };
}
function namesAuthority({ keys }) {
  return keys.certAuthorities.length > 0;
}
function hmacSha1(key, data) {
  return createHmac("sha1", key).update(data).digest();
}

// src/builders/ssh/session-pool.ts
import { setTimeout as sleep } from "node:timers/promises";

// src/builders/ssh/connection.ts
var import_ssh2 = __toESM(require_lib(), 1);

// src/builders/known-hosts/verify-host-key.ts
function verifyHostKey(trust, offered, sha2562) {
  const { host, port, keys, source } = trust;
  const print = (key) => `${key.type} ${fingerprint(key.blob, sha2562)}`;
  const line = `${knownHostsName(host, port)} ${formatHostKey(offered)}`;
  if (keys.revoked.some((key) => sameKey(key, offered))) {
    return {
      kind: "refused",
      message: `${host} offered the host key ${print(offered)}, which ${source} marks as revoked`,
      hint: "Somebody may be using a stolen key. Give the host a new one, then name that in known_hosts."
    };
  }
  if (keys.trusted.some((key) => sameKey(key, offered))) return { kind: "trusted" };
  if (keys.trusted.length > 0) {
    return {
      kind: "refused",
      message: `${host} offered the host key ${print(offered)}, but ${source} expects ${keys.trusted.map(print).join(" or ")}; nothing was sent`,
      hint: `Another machine may be answering. If the key was changed on purpose, name the new one: ${line}`
    };
  }
  if (keys.certAuthorities.length > 0) {
    return {
      kind: "refused",
      message: `${host} is known by a @cert-authority line only, and host certificates are not supported`,
      hint: `If ${print(offered)} is the host's own key, add this line to known_hosts: ${line}`
    };
  }
  const unreadable = (trust.unreadable ?? []).map((text) => `
${text}`).join("");
  return {
    kind: "refused",
    message: `no known_hosts line names ${knownHostsName(host, port)}, which offered the host key ${print(offered)}`,
    hint: `If that is the fingerprint that ssh-keygen -l shows on the host, add this line to known_hosts: ${line}${unreadable}`
  };
}
function hostKeyAlgorithms(keys) {
  const types = new Set(keys.trusted.map(({ type }) => type));
  return [...types].flatMap(
    (type) => type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type]
  );
}

// src/builders/ssh/liveness.ts
var LOOKS_PER_LIMIT = 60;
function watchLiveness(socket, limitMs, onSilence) {
  const lookMs = limitMs / LOOKS_PER_LIMIT;
  let bytesSeen = socket.bytesRead;
  let lookedAt = performance.now();
  let silentMs = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    silentMs += Math.min(now - lookedAt, 2 * lookMs);
    lookedAt = now;
    if (socket.bytesRead !== bytesSeen) {
      bytesSeen = socket.bytesRead;
      silentMs = 0;
    } else if (silentMs >= limitMs - 2 * lookMs) {
      clearInterval(timer);
      onSilence(silentMs);
    }
  }, lookMs);
  timer.unref();
  socket.once("close", () => clearInterval(timer));
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
  const { user, key, name, host } = login;
  const offered = key === void 0 ? "without a key" : `with the key ${key.label}`;
  return new DispatchError("authentication", `${host} does not let ${user} in ${offered}`, {
    host: name,
    cause,
    hint: key === void 0 ? "Give a private key: the input ssh_key, or a key file in the machine line." : `Add the public half of this key to ~${user}/.ssh/authorized_keys there, or name another user in the machine line.`
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

// src/builders/ssh/connection.ts
var PINGS_PER_LIMIT = 15;
var HOST_KEY_ALGORITHMS = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
  "ssh-rsa"
];
async function connectSsh(login) {
  const began = performance.now();
  const socket = await connectTcp(login.host, login.port, login.connectTimeoutMs).catch((error) => {
    throw loginError(login, error);
  });
  const client = new import_ssh2.default.Client();
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
      failure ??= refusal ?? loginError(login, error);
      reject(failure);
    });
    client.on("close", () => {
      const dropped = Object.assign(new Error("closed before login"), { code: "ECONNRESET" });
      reject(refusal ?? failure ?? loginError(login, dropped));
      end(isOurs ? void 0 : connectionLost(login, failure));
    });
    client.connect({
      ...configOf(login),
      sock: socket,
      readyTimeout: Math.max(1, login.connectTimeoutMs - (performance.now() - began)),
      hostVerifier: (blob) => {
        refusal = judge(login.name, login.trust, blob);
        return refusal === void 0;
      }
    });
  }).catch((error) => {
    client.destroy();
    socket.destroy();
    throw error;
  });
  failure = void 0;
  watchLiveness(socket, login.keepaliveMs, (silentMs) => {
    failure = new DispatchError(
      "connection-lost",
      `${login.host} sent nothing for ${Math.round(silentMs / 1e3)} s`,
      {
        host: login.name,
        hint: "The host or the network to it is down."
      }
    );
    socket.destroy();
  });
  return {
    exec: (command, environment) => openChannel((done) => client.exec(command, { env: { ...environment } }, done)),
    openSocket: (socketPath) => openChannel((done) => client.openssh_forwardOutStreamLocal(socketPath, done)),
    closed,
    close() {
      isOurs = true;
      client.end();
      setTimeout(() => socket.destroy(), 500).unref();
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
function configOf(login) {
  const known = hostKeyAlgorithms(login.trust.keys);
  const isKnown = (algorithm) => known.includes(algorithm);
  return {
    username: login.user,
    ...login.key === void 0 ? { authHandler: ["none"] } : { authHandler: ["publickey"], privateKey: login.key.text },
    algorithms: {
      // Known types first, the others still offered: a host that lost its key is told apart from one without SSH.
      serverHostKey: [
        ...HOST_KEY_ALGORITHMS.filter(isKnown),
        ...HOST_KEY_ALGORITHMS.filter((algorithm) => !isKnown(algorithm))
      ],
      compress: login.compress ? ["zlib@openssh.com", "zlib", "none"] : ["none"]
    },
    // The pings are ssh2's, the judgement is ours: any byte counts. They are so frequent because TCP takes as long again as a network
    // was cut to try once more: a cut of just under half the limit is survived only if little silence came before it.
    keepaliveInterval: Math.max(1, Math.floor(login.keepaliveMs / PINGS_PER_LIMIT)),
    keepaliveCountMax: Number.MAX_SAFE_INTEGER
  };
}
function judge(name, trust, blob) {
  const offered = parseHostKeyBlob(new Uint8Array(blob));
  if (offered === void 0)
    return new DispatchError("host-key", "the host key cannot be read", { host: name });
  const verdict = verifyHostKey(trust, offered, sha256);
  if (verdict.kind === "trusted") return void 0;
  return new DispatchError("host-key", verdict.message, { host: name, hint: verdict.hint });
}
function connectionLost(login, cause) {
  if (cause?.code === "connection-lost") return cause;
  return new DispatchError("connection-lost", `the SSH connection to ${login.host} was lost`, {
    host: login.name,
    cause
  });
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

// src/builders/ssh/session-pool.ts
var CONNECT_ATTEMPTS = 4;
var FIRST_PAUSE_MS = 200;
async function openSessionPool(login, options) {
  const seats = [];
  let limit = Number.POSITIVE_INFINITY;
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
      const [seat] = seats;
      if (isClosed || seat === void 0) throw ended();
      try {
        const channel = await seat.connection.openSocket(socketPath);
        seat.serverPid ??= askServerPid(seat.connection);
        const { serverPid } = seat;
        return { channel, serverPid: () => serverPid.pid };
      } catch (error) {
        if (isChannelRefused(error)) return void 0;
        throw connectionLost2(error);
      }
    },
    async exec(command) {
      for (; ; ) {
        const seat = await seatWithRoom();
        const opening = seat.connection.exec(command, options.environment);
        seat.opening.add(opening);
        try {
          const channel = await opening;
          seat.open += 1;
          channel.once("close", () => {
            seat.open -= 1;
          });
          return channel;
        } catch (error) {
          if (!isChannelRefused(error)) throw connectionLost2(error);
          await learnLimit(seat, opening, error);
        } finally {
          seat.opening.delete(opening);
        }
      }
    },
    close() {
      isClosed = true;
      for (const { connection } of seats) connection.close();
      end(void 0);
    }
  };
  async function learnLimit(seat, refused, cause) {
    seat.isFull = true;
    seat.opening.delete(refused);
    await Promise.allSettled(seat.opening);
    if (seat.open === 0) throw noSessions(cause);
    limit = seat.open;
    seat.isFull = false;
  }
  async function seatWithRoom() {
    for (; ; ) {
      if (isClosed) throw ended();
      const seat = seats.find(({ isFull, open, opening }) => !isFull && open + opening.size < limit);
      if (seat !== void 0) return seat;
      if (seats.length === 0 && growing === void 0) throw ended();
      growing ??= grow().finally(() => {
        growing = void 0;
      });
      await growing;
    }
  }
  async function grow() {
    const { maxConnections = Number.POSITIVE_INFINITY } = options;
    if (seats.length >= maxConnections) {
      throw new DispatchError(
        "unreachable",
        `${login.host} allows ${limit} sessions in a connection, and max-connections=${maxConnections} allows no further one`,
        { host: login.name, hint: "Lower max jobs, or raise max-connections or MaxSessions of its sshd." }
      );
    }
    const connection = await connectPatiently(login);
    const seat = { connection, opening: /* @__PURE__ */ new Set(), open: 0, isFull: false, serverPid: void 0 };
    seats.push(seat);
    void connection.closed.then((reason) => {
      seats.splice(seats.indexOf(seat), 1);
      if (seats.length === 0) end(reason);
    });
    if (isClosed) connection.close();
  }
  function ended() {
    if (!isClosed) return connectionLost2(void 0);
    return new DispatchError("cancelled", `${login.name} was closed`, { host: login.name });
  }
  function connectionLost2(cause) {
    return new DispatchError("connection-lost", `the SSH connection to ${login.host} was lost`, {
      host: login.name,
      cause
    });
  }
  function noSessions(cause) {
    return new DispatchError("unreachable", `${login.host} lets ${login.user} in but opens no session`, {
      host: login.name,
      hint: "MaxSessions of its sshd may be 0, or the machine is out of processes.",
      cause
    });
  }
}
function askServerPid(connection) {
  const answer = { pid: void 0 };
  void findServerPid((command) => connection.exec(command)).then((pid) => {
    answer.pid = pid;
  });
  return answer;
}
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

// src/builders/ssh/ssh-host.ts
async function openSshHost(builder, address, credentials) {
  const { environment = {} } = credentials;
  const pool = await openSessionPool(await prepareLogin(builder, address, credentials), {
    maxConnections: builder.parameters.maxConnections,
    environment
  });
  const { remoteProgram, remoteStore } = builder.parameters;
  const command = [
    ...remoteProgram ?? ["nix-daemon"],
    "--stdio",
    ...remoteStore === void 0 ? [] : ["--store", remoteStore]
  ];
  const isPlain = remoteProgram !== void 0 || remoteStore !== void 0 || Object.keys(environment).length > 0;
  const ways = createDaemonWays(pool, command, isPlain);
  return {
    lost: pool.lost,
    close: () => pool.close(),
    tryAnotherWay: () => ways.tryNext(),
    openCommand: async (words) => commandChannel(await pool.exec(shellCommand(words))),
    openDaemonChannel: () => ways.open()
  };
}
async function prepareLogin(builder, address, credentials) {
  const { name } = builder;
  const { host, port } = address;
  const key = await findKey(builder, credentials);
  const sources = [{ name: "the input known_hosts", text: credentials.knownHosts }];
  for (const path of [join(homedir(), ".ssh/known_hosts"), "/etc/ssh/ssh_known_hosts"]) {
    sources.push({ name: path, text: await readFile(path, "utf8").catch(() => "") });
  }
  return {
    name,
    host,
    port,
    user: address.user ?? currentUser(name),
    key,
    trust: hostTrust(host, port, builder.hostKey, sources),
    connectTimeoutMs: credentials.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    keepaliveMs: credentials.keepaliveMs ?? KEEPALIVE_MS,
    compress: builder.parameters.compress
  };
}
function currentUser(name) {
  try {
    return userInfo().username;
  } catch (cause) {
    throw new DispatchError("input", `the user to log in to ${name} as is not known`, {
      host: name,
      hint: "Name one in the machine line: ssh-ng://user@host.",
      cause
    });
  }
}
async function findKey(builder, credentials) {
  const { keyFile, name } = builder;
  if (keyFile !== void 0) {
    const text = await readFile(keyFile, "utf8").catch((cause) => {
      throw new DispatchError("input", `the key file ${keyFile} of ${name} cannot be read`, {
        host: name,
        hint: "Machine lines name key files on the machine that runs this action.",
        cause
      });
    });
    return readPrivateKey(text, `the key file ${keyFile}`);
  }
  if (credentials.privateKey !== void 0) return readPrivateKey(credentials.privateKey, "ssh_key");
  if (credentials.environment !== void 0) return void 0;
  throw new DispatchError("authentication", `there is no private key to log in to ${name} with`, {
    host: name,
    hint: "Set the input ssh_key, or name a key file in the machine line. Pull requests from forks get no secrets."
  });
}
export {
  openSshHost
};
