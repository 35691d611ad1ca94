import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  openLocalHost,
  runCommand
} from "./chunk-CGGEOQQ2.js";
import {
  DispatchError
} from "./chunk-7AVBNTXI.js";

// src/setup/configure/machines-file.ts
import { lstat } from "node:fs/promises";
import { userInfo } from "node:os";

// src/setup/configure/machines-block.ts
function blockOf(mark, lines) {
  return `${begin(mark)}
${lines.join("\n")}
${end(mark)}
`;
}
function withoutBlock(text, mark) {
  const kept = [];
  let isOurs = false;
  for (const line of text.split("\n")) {
    if (line === begin(mark)) isOurs = true;
    if (!isOurs) kept.push(line);
    if (line === end(mark)) isOurs = false;
  }
  return kept.join("\n");
}
function begin(mark) {
  return `# nix-dispatch ${mark}: from here`;
}
function end(mark) {
  return `# nix-dispatch ${mark}: to here`;
}

// src/setup/configure/machines-file.ts
async function addMachines(lines, mark) {
  const file = await machinesFile();
  if (file === void 0) throw notPossible("its setting `builders` names no file that could be added to");
  const status = await lstat(file).catch(() => void 0);
  if (status?.isSymbolicLink() === true) throw notPossible(`${file} is a link, as on NixOS`);
  const before = await contentOf(file) ?? "";
  const added = `${before === "" || before.endsWith("\n") ? "" : "\n"}${blockOf(mark, lines)}`;
  const { code, stderr } = await asRoot(["tee", "-a", file], added);
  if (code !== 0) throw notPossible(`${file} cannot be written: ${stderr.trim()}`);
  return { file, mark, isNew: status === void 0 };
}
async function removeMachines({ file, mark, isNew }) {
  const now = await contentOf(file);
  if (now === void 0) return;
  const rest = withoutBlock(now, mark);
  if (rest !== now)
    await (isNew && rest === "" ? asRoot(["rm", "-f", file], "") : asRoot(["tee", file], rest));
}
async function contentOf(file) {
  const { code, stdout } = await asRoot(["cat", file], "");
  return code === 0 ? stdout : void 0;
}
async function machinesFile() {
  for (const words of [["config", "show"], ["show-config"]]) {
    const { code, stdout } = await run(
      // Nothing that the job has set: the daemon doesn't know it either.
      [
        "env",
        "-u",
        "NIX_CONFIG",
        "NIX_USER_CONF_FILES=",
        "nix",
        "--extra-experimental-features",
        "nix-command",
        ...words
      ],
      ""
    );
    const value = /^builders = (.*)$/m.exec(stdout)?.[1];
    if (code === 0 && value !== void 0) return /(?:^|[\s;])@\s*(\/[^\s;]+)/.exec(value)?.[1];
  }
  return void 0;
}
async function asRoot(words, stdin) {
  return run(userInfo().uid === 0 ? words : ["sudo", "-n", ...words], stdin);
}
async function run(words, stdin) {
  const host = openLocalHost("local", void 0);
  try {
    return await runCommand(host, "local", words, { stdin });
  } catch (error) {
    return { code: void 0, stdout: "", stderr: error instanceof Error ? error.message : String(error) };
  } finally {
    host.close();
  }
}
function notPossible(why) {
  const user = userInfo().username;
  return new DispatchError(
    "local",
    `the Nix daemon of this machine does not trust the user ${user}, so it ignores builders that a job names; and ${why}`,
    {
      hint: `Add \`extra-trusted-users = ${user}\` to /etc/nix/nix.conf and restart the daemon, or let the job use sudo without a password.`
    }
  );
}

// src/setup/lifecycle/control.ts
import { once } from "node:events";
import { chmod } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { deserialize, serialize } from "node:v8";
var patienceMs = 12e4;
var FINISH = "finish\n";
async function listenForEnd(path, farewell, after) {
  let answer;
  const server = createServer((client) => {
    client.on("error", () => client.destroy());
    client.setEncoding("utf8").on("data", (text) => {
      if (String(text) !== FINISH) return void client.destroy();
      answer ??= farewell();
      answer.then(
        (words) => client.end(serialize(words), after),
        () => {
          client.destroy();
          after();
        }
      );
    });
  });
  server.listen(path);
  await once(server, "listening");
  await chmod(path, 384);
  return server;
}
async function askToEnd(path) {
  const socket = connect(path);
  socket.setTimeout(patienceMs, () => socket.destroy());
  const chunks = [];
  try {
    await once(socket, "connect");
    socket.write(FINISH);
    for await (const chunk of socket) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  } catch (cause) {
    throw gone(cause);
  }
  if (chunks.length === 0) throw gone(void 0);
  const words = deserialize(Buffer.concat(chunks));
  return words;
}
function gone(cause) {
  return new DispatchError(
    "local",
    "the background process of mode setup is not there any more, so nothing is known of what was built",
    { hint: "Somebody may have ended it, or the machine ran out of memory.", cause }
  );
}

export {
  addMachines,
  removeMachines,
  listenForEnd,
  askToEnd
};
