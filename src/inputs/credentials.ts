import type { Builder } from '../builders/builder.ts';
import type { Credentials } from '../builders/credentials.ts';
import type { NixbuildAccount } from '../nixbuild/account.ts';
import { isServiceBuilder } from '../nixbuild/service.ts';
import type { Inputs } from './inputs.ts';
import { nixConfOfBuilds } from './nix-conf.ts';

/**
 * What it takes to log in to a builder, from the inputs and the account of nixbuild.net. Secret.
 *
 * @param onUncheckedHost is told of hosts that are used although nobody vouches for their keys
 */
export function credentialsOf(
  { sshKey, knownHosts, hostKeyChecking, sshConfig, nixConf, limits }: Inputs,
  account: NixbuildAccount | undefined,
  onUncheckedHost?: Credentials['onUncheckedHost'],
): (builder: Builder) => Credentials {
  const common = {
    privateKey: sshKey,
    knownHosts,
    hostKeyChecking,
    sshConfig,
    onUncheckedHost,
    nixConf: nixConfOfBuilds(nixConf),
    keepaliveMs: limits.keepaliveMs,
  };
  return (builder) =>
    account !== undefined && isServiceBuilder(account.service, builder)
      ? { ...common, ...account.credentials }
      : common;
}
