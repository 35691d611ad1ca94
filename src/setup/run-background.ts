import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { machine, type } from 'node:os';
import { join } from 'node:path';

import type { Builder } from '../builders/builder.ts';
import { systemOfUname } from '../builders/machine-facts.ts';
import { explainUnusable } from '../doctor/explain-unusable.ts';
import { describeError, DispatchError, toDispatchError } from '../errors.ts';
import { createArtifactFolder, type ArtifactFolder } from '../github/artifact-folder.ts';
import { credentialsOf } from '../inputs/credentials.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { parseInputs } from '../inputs/parse-inputs.ts';
import { warnOfUncheckedHosts } from '../inputs/unchecked-hosts.ts';
import { openAccount, type NixbuildAccount } from '../nixbuild/account.ts';
import { createRecorder, type Recorder } from '../report/recorder.ts';
import { configureNix, type ConfiguredNix } from './configure/configure-nix.ts';
import { removeMachines } from './configure/machines-file.ts';
import { tryStores } from './configure/try-stores.ts';
import { listenForEnd } from './lifecycle/control.ts';
import { watchJob } from './lifecycle/job-watch.ts';
import type { Answer, Farewell, Order, Readiness } from './lifecycle/messages.ts';
import { openGateway, type Gateway } from './serve/gateway.ts';

/** The background process at work. */
export interface Background {
  readonly readiness: Readiness;
  /** Gives everything back: sockets, connections, settings of the machine. Never rejects. */
  end(): Promise<void>;
}

/** What nixbuild.net may take to tell its usage. */
const usageMs = 60_000;

interface Ending {
  readonly inputs: Inputs;
  readonly builders: readonly Builder[];
  readonly gateway: Gateway;
  readonly account: NixbuildAccount | undefined;
  readonly recorder: Recorder;
  readonly folder: ArtifactFolder;
}

/**
 * Logs in to the builders, offers them to this machine's Nix and tells Nix of them.
 *
 * @param answer takes what people should read while they wait
 * @param leave called when the process is of no use any more
 * @throws DispatchError when no builder can be used, or Nix can't be told of them
 */
export async function runBackground(
  order: Order,
  answer: (answer: Answer) => void,
  leave: () => void,
): Promise<Background> {
  const say = (line: string): void => answer({ kind: 'log', line });
  const inputs = parseInputs((name) => order.inputs[name] ?? '', readInclude);
  const environment = { ...process.env, ...order.environment };
  const account = inputs.nixbuild && (await openAccount(inputs.nixbuild, environment));
  const folder = await createArtifactFolder(environment, inputs.artifactPrefix);
  const recorder = createRecorder('', selectionOf(inputs), Date.now());
  const credentials = credentialsOf(inputs, account, warnOfUncheckedHosts(recorder.notice));
  const builders = reachedBySsh(inputs);
  const watch = watchJob(order.lineage, leave);
  const gateway = await openGateway({
    builders,
    credentials,
    logDirectory: folder.logs,
    defaultSystem: systemOfUname(type(), machine()) ?? '',
    say,
    lostTrack: (builder, reason) =>
      recorder.notice(
        'warning',
        `Not every build on ${builder} was seen`,
        `A conversation with it was not understood: ${reason}`,
      ),
    used: () => watch.used(),
  }).catch(async (error: unknown) => {
    const explanation = await explainUnusable(error, builders, credentials);
    const message = describeError(toDispatchError(error, 'local'));
    answer({ kind: 'failed', message, lines: explanation?.lines ?? [], summary: explanation?.summary ?? '' });
    throw error;
  });

  const control = join(gateway.exposed.folder, 'control');
  let settings: ConfiguredNix | undefined;
  const giveBack = async (): Promise<void> => {
    watch.stop();
    await gateway.close().catch(() => undefined);
    if (settings?.added !== undefined) await removeMachines(settings.added);
  };
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => (ended ??= giveBack());
  const farewell = async (): Promise<Farewell> => {
    const words = await sayFarewell({ inputs, builders, gateway, account, recorder, folder });
    // A runner kills what is left when the step after the job has ended.
    await end();
    return words;
  };
  try {
    await tryStores(gateway.reachable, say);
    const reachable = new Set(gateway.reachable.map(({ name }) => name));
    for (const { name } of gateway.exposed.stores) {
      if (!reachable.has(name)) say(`${name}: not there yet; Nix does without it until it is`);
    }
    settings = await configureNix(inputs, gateway.exposed, randomBytes(4).toString('hex'), environment);
    await listenForEnd(control, farewell, leave);
  } catch (error) {
    await end();
    throw error;
  }
  return { readiness: readinessOf(gateway, settings, control), end };
}

/** @throws DispatchError `input` when there are none */
function reachedBySsh(inputs: Inputs): readonly Builder[] {
  const builders = inputs.builders.filter(({ address }) => address.kind === 'ssh');
  if (builders.length > 0) return builders;
  throw new DispatchError(
    'input',
    'mode setup got no builder that is reached by SSH, so there is nothing to set up',
    { hint: 'Name one in the input builders, such as ssh-ng://user@host.' },
  );
}

/** Ends what still runs, and tells what was seen to be built. */
async function sayFarewell(ending: Ending): Promise<Farewell> {
  const { inputs, gateway, account, recorder, folder } = ending;
  await gateway.hangUp();
  const { builds, builders } = await gateway.report();
  const told = await account?.addUsage(builds, ending.builders, AbortSignal.timeout(usageMs));
  const report = recorder.report(
    { jobs: [], builds: told?.builds ?? builds, builders },
    { cancelled: false, finishedAtMs: Date.now() },
  );
  return {
    report: { ...report, observed: true, prices: inputs.prices },
    folder,
    wantsSummary: inputs.generateBuildSummary,
  };
}

function readinessOf(
  { exposed }: Gateway,
  { nixConfig, way, added }: ConfiguredNix,
  control: string,
): Readiness {
  return {
    stores: Object.fromEntries(exposed.stores.map(({ name, uri }) => [name, uri])),
    nixConfig,
    way,
    added,
    control,
  };
}

function selectionOf({ topAttrs, filterBuilds }: Inputs) {
  return { topAttrs, filter: filterBuilds, failOnEmpty: false };
}

/** As Nix does, a machines file that isn't there counts as empty. */
function readInclude(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
