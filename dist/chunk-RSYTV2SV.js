import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/builders/stderr-tail.ts
var KEPT_BYTES = 64 * 1024;
function keepTail(stderr) {
  let chunks = [];
  let length = 0;
  stderr.on("data", (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length <= KEPT_BYTES * 2) return;
    const tail = Buffer.concat(chunks).subarray(-KEPT_BYTES);
    chunks = [Buffer.from(tail)];
    length = tail.length;
  });
  stderr.on("error", () => {
  });
  return () => Buffer.concat(chunks).subarray(-KEPT_BYTES).toString("utf8");
}

export {
  keepTail
};
