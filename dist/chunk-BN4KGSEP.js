import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  DispatchError
} from "./chunk-7AVBNTXI.js";

// src/setup/control.ts
import { once } from "node:events";
import { chmod } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { deserialize, serialize } from "node:v8";
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
  listenForEnd,
  askToEnd
};
