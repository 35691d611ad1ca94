import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  identitiesText,
  knownHostsName,
  prepareLogin,
  require_lib
} from "./chunk-NAWLGEIG.js";
import {
  fingerprint,
  formatHostKey,
  parseHostKeyBlob,
  sameKey
} from "./chunk-4UFFZM5N.js";
import {
  commandChannel,
  createDaemonWays,
  shellCommand
} from "./chunk-3YXA2UUB.js";
import {
  sha256
} from "./chunk-X7WBM6VD.js";
import {
  DispatchError,
  toDispatchError
} from "./chunk-HFWW2RYM.js";
import {
  __toESM
} from "./chunk-4NJ7PDOZ.js";

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
      kind: "revoked",
      message: `${host} offered the host key ${print(offered)}, which ${source} marks as revoked`,
      hint: "Somebody may be using a stolen key. Give the host a new one, then name that in known_hosts."
    };
  }
  if (keys.trusted.some((key) => sameKey(key, offered))) return { kind: "trusted" };
  if (keys.trusted.length > 0) {
    return {
      kind: "unknown",
      line,
      message: `${host} offered the host key ${print(offered)}, but ${source} expects ${keys.trusted.map(print).join(" or ")}; nothing was sent`,
      hint: `Another machine may be answering. If the key was changed on purpose, name the new one: ${line}`
    };
  }
  if (keys.certAuthorities.length > 0) {
    return {
      kind: "unknown",
      line,
      message: `${host} is known by a @cert-authority line only, and host certificates are not supported`,
      hint: `If ${print(offered)} is the host's own key, add this line to known_hosts: ${line}`
    };
  }
  const unreadable = (trust.unreadable ?? []).map((text) => `
${text}`).join("");
  return {
    kind: "unknown",
    line,
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
  const transport = await openTransport(login, connectSsh);
  const { stream } = transport;
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
      if ("level" in error && error.level === "agent") return;
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
      sock: stream,
      readyTimeout: Math.max(1, login.connectTimeoutMs - (performance.now() - began)),
      hostVerifier: (blob) => {
        refusal = judge(login, blob);
        return refusal === void 0;
      }
    });
  }).catch((error) => {
    client.destroy();
    stream.destroy();
    throw error;
  });
  failure = void 0;
  watchLiveness(transport, login.keepaliveMs, (silentMs) => {
    failure = new DispatchError(
      "connection-lost",
      `${login.host} sent nothing for ${Math.round(silentMs / 1e3)} s`,
      {
        host: login.name,
        hint: "The host or the network to it is down."
      }
    );
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
function configOf(login) {
  const known = hostKeyAlgorithms(login.trust.keys);
  const isKnown = (algorithm) => known.includes(algorithm);
  return {
    username: login.user,
    authHandler: login.identities.length === 0 ? ["none"] : login.identities.map((identity) => methodOf(login.user, identity)),
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
function methodOf(username, identity) {
  return identity.kind === "key" ? { type: "publickey", username, key: identity.key.text } : { type: "agent", username, agent: identity.socketPath };
}
function judge({ name, host, trust, checking, onUnchecked }, blob) {
  const offered = parseHostKeyBlob(new Uint8Array(blob));
  if (offered === void 0)
    return new DispatchError("host-key", "the host key cannot be read", { host: name });
  const verdict = verifyHostKey(trust, offered, sha256);
  if (verdict.kind === "trusted") return void 0;
  if (checking === "off" && verdict.kind === "unknown") {
    onUnchecked?.(host, verdict.line);
    return void 0;
  }
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
export {
  openSshHost
};
