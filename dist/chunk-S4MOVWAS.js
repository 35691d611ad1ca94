import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  isServiceBuilder
} from "./chunk-JZRBOPQK.js";

// src/inputs/credentials.ts
function credentialsOf({ sshKey, knownHosts, hostKeyChecking, sshConfig, limits }, account, onUncheckedHost) {
  const common = {
    privateKey: sshKey,
    knownHosts,
    hostKeyChecking,
    sshConfig,
    onUncheckedHost,
    keepaliveMs: limits.keepaliveMs
  };
  return (builder) => account !== void 0 && isServiceBuilder(account.service, builder) ? { ...common, ...account.credentials } : common;
}

export {
  credentialsOf
};
