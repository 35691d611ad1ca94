import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  isServiceBuilder,
  nixConfOfBuilds
} from "./chunk-B322B4MD.js";

// src/inputs/credentials.ts
function credentialsOf({ sshKey, knownHosts, hostKeyChecking, sshConfig, nixConf, limits }, account, onUncheckedHost) {
  const common = {
    privateKey: sshKey,
    knownHosts,
    hostKeyChecking,
    sshConfig,
    onUncheckedHost,
    nixConf: nixConfOfBuilds(nixConf),
    keepaliveMs: limits.keepaliveMs
  };
  return (builder) => account !== void 0 && isServiceBuilder(account.service, builder) ? { ...common, ...account.credentials } : common;
}

export {
  credentialsOf
};
