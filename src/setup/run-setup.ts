import { DispatchError } from '../errors.ts';
import type { Runner } from '../github/runner.ts';
import { withCommandsStopped } from '../report/log/commands.ts';
import { inputSchema } from '../inputs/schema.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { ownLineage } from './lifecycle/lineage.ts';
import { startBackground } from './lifecycle/start-background.ts';

/** What setting up needs of whoever starts it. */
export interface SetupEffects {
  readonly runner: Runner;
  readonly environment: NodeJS.ProcessEnv;
  /** Random text that no builder can know. */
  readonly token: string;
}

/** Variables of a step that are its own: what nixbuild.net's ID token is asked for with. */
const STEP_VARIABLES = ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'] as const;

/**
 * Leaves a process behind that offers the builders to every later step of the job.
 *
 * @throws DispatchError when that process can't be started, or can use no builder
 */
export async function runSetup(inputs: Inputs, { runner, environment, token }: SetupEffects): Promise<void> {
  const say = (...lines: readonly string[]): void => {
    for (const line of withCommandsStopped(token, lines)) runner.print(line);
  };
  const order = {
    kind: 'order',
    inputs: Object.fromEntries(Object.keys(inputSchema).map((name) => [name, runner.input(name)])),
    environment: Object.fromEntries(
      STEP_VARIABLES.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
    ),
    lineage: await ownLineage(),
  } as const;
  const program = new URL('./background.js', import.meta.url);
  const answer = await startBackground(program, order, environment, (line) => say(line));
  if (answer.kind === 'failed') {
    say(...answer.lines);
    if (inputs.generateBuildSummary && answer.summary !== '') await runner.writeSummary(answer.summary);
    throw new DispatchError('local', answer.message);
  }
  // The names that src/post.ts looks for.
  runner.saveState('control', answer.control);
  if (answer.added !== undefined) runner.saveState('added', JSON.stringify(answer.added));
  runner.exportVariable('NIX_CONFIG', answer.nixConfig);
  runner.setOutput('stores', JSON.stringify(answer.stores));
  runner.setOutput('success', 'true');
  say(answer.way, ...Object.entries(answer.stores).map(([name, uri]) => `${name} is the store ${uri}`));
}
