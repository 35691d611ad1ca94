import type { Builder } from '../builders/builder.ts';
import type { Credentials } from '../builders/credentials.ts';
import { openBuilder, type OpenBuilder } from '../builders/open-builder.ts';
import { runCommand } from '../builders/run-command.ts';
import { toDispatchError, type DispatchError } from '../errors.ts';
import { formatVersion } from '../nix/protocol/version.ts';
import { buildFinding } from './checks/build.ts';
import { cachesFinding } from './checks/caches.ts';
import { linkFinding } from './checks/link.ts';
import { localFindings, loginFindings, type LoginTarget } from './checks/login.ts';
import { clockFinding, diskFinding, slotsFinding } from './checks/machine.ts';
import { featuresFinding, refusedSystems, systemsFinding, trustFinding } from './checks/offer.ts';
import { fault, good, type Examination, type Finding } from './finding.ts';
import { parseMachineState, STATE_SCRIPT, type MachineState } from './machine-state.ts';
import { probeBuild } from './probe/dummy-build.ts';
import { probeCaches } from './probe/caches.ts';
import { probeClock } from './probe/clock.ts';
import { probeConversations } from './probe/conversations.ts';
import { measureLink } from './probe/link.ts';
import { findTarget } from './probe/login-target.ts';
import { fitting } from './remedies.ts';

/** More systems than these are not built for. */
const mostSystems = 8;

const STATE_COMMAND = ['sh', '-c', STATE_SCRIPT];

/** Looks at everything about one builder that a run needs. Never rejects: what goes wrong is a finding. */
export async function examine(builder: Builder, credentials: Credentials): Promise<Examination> {
  const target = await findTarget(builder, credentials);
  let opened: OpenBuilder;
  try {
    opened = await openBuilder(builder, credentials);
  } catch (thrown) {
    return examineFailure(builder, credentials, toDispatchError(thrown, 'unreachable'));
  }
  try {
    const state = await askState(opened);
    const findings = await examineOpened(opened, target, state);
    return describe(builder, [...targetFindings(target, undefined), ...findings], state);
  } catch (thrown) {
    const error = toDispatchError(thrown, 'connection-lost');
    return describe(
      builder,
      [...targetFindings(target, undefined), fault('daemon', error.message, [])],
      undefined,
    );
  } finally {
    opened.close();
  }
}

/**
 * What a login that failed with this error says. It is not tried again, unless only the daemon is missing: then the machine can still be
 * looked at. Never rejects.
 */
export async function examineFailure(
  builder: Builder,
  credentials: Credentials,
  error: DispatchError,
): Promise<Examination> {
  const findings = targetFindings(await findTarget(builder, credentials), error);
  const isLoggedIn = findings.some(({ check, verdict }) => check === 'login' && verdict === 'good');
  const state = isLoggedIn ? await askStateAlone(builder, credentials) : undefined;
  const room = state === undefined ? [] : [diskFinding(state.disk, state.freeInodes)];
  return describe(builder, [...findings, ...room], state);
}

async function askStateAlone(builder: Builder, credentials: Credentials): Promise<MachineState | undefined> {
  if (builder.address.kind !== 'ssh') return undefined;
  try {
    const { openSshHost } = await import('../builders/ssh/ssh-host.ts');
    const host = await openSshHost(builder, builder.address, credentials);
    try {
      return parseMachineState((await runCommand(host, builder.name, STATE_COMMAND)).stdout);
    } finally {
      host.close();
    }
  } catch {
    return undefined;
  }
}

function targetFindings(
  target: LoginTarget | undefined,
  error: DispatchError | undefined,
): readonly Finding[] {
  return target === undefined ? localFindings(error) : loginFindings(target, error);
}

function describe(
  { name, uri }: Builder,
  findings: readonly Finding[],
  state: MachineState | undefined,
): Examination {
  return {
    builder: name,
    uri,
    findings: findings.map((finding) => ({
      ...finding,
      remedies: fitting(finding.remedies, state?.system),
    })),
  };
}

async function askState(opened: OpenBuilder): Promise<MachineState | undefined> {
  const answer = await opened.exec(STATE_COMMAND).catch(() => undefined);
  return answer === undefined ? undefined : parseMachineState(answer.stdout);
}

async function examineOpened(
  opened: OpenBuilder,
  target: LoginTarget | undefined,
  state: MachineState | undefined,
): Promise<readonly Finding[]> {
  const { builder, info } = opened;
  const settings = state?.settings;
  const client = await opened.acquire();
  // The line is measured while nothing else uses it.
  const link = await measureLink(opened, client);
  opened.release(client);
  const clock = await probeClock(opened);
  const caches = await probeCaches(opened, settings?.list('substituters') ?? []);
  const refused = new Set(refusedSystems(info.systems, settings));
  const systems = info.systems.filter((system) => !refused.has(system)).slice(0, mostSystems);
  const builds = await Promise.all(systems.map((system) => probeBuild(opened, system)));
  // Last: what is too much for the machine may cost connections.
  const slots = await probeConversations(opened);
  const { nixVersion, protocolVersion, connectSeconds } = info;
  return [
    good(
      'daemon',
      `Nix ${nixVersion}, protocol ${formatVersion(protocolVersion)}, reached in ${connectSeconds.toFixed(1)} s`,
    ),
    trustFinding(info.trust, target?.user ?? 'the user of this job', builder.parameters.granularity),
    systemsFinding(builder, settings),
    featuresFinding(builder, settings),
    slotsFinding(slots, state?.sshd, state?.cores),
    diskFinding(state?.disk, state?.freeInodes),
    clockFinding(clock),
    cachesFinding(settings, caches),
    ...(target === undefined ? [] : [linkFinding(link)]),
    buildFinding(builds),
  ];
}
