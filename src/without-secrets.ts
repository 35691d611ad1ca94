import type { Builder } from './builders/builder.ts';
import type { Credentials } from './builders/credentials.ts';
import { parseBuilders } from './builders/machine-lines/parse-builders.ts';
import { DispatchError } from './errors.ts';
import type { Inputs } from './inputs/inputs.ts';

/** How a run goes on where builders need a key and none is given. */
export type WithoutSecretsPlan =
  /** As asked, with these inputs; `notice` says what became different. */
  | { readonly kind: 'go'; readonly inputs: Inputs; readonly notice: string | undefined }
  | { readonly kind: 'skip'; readonly notice: string };

/**
 * What the input `without_secrets` makes of a run. Nothing changes while every builder has something to log in with.
 *
 * @param credentials what there is for a builder
 */
export async function planWithoutSecrets(
  inputs: Inputs,
  credentials: (builder: Builder) => Credentials,
): Promise<WithoutSecretsPlan> {
  const { withoutSecrets } = inputs;
  // `fail` is what the login does by itself, with its own words.
  if (withoutSecrets === 'fail') return { kind: 'go', inputs, notice: undefined };
  const keyless = await namesWithoutKey(inputs.builders, credentials);
  if (keyless.length === 0) return { kind: 'go', inputs, notice: undefined };
  const why = `There is no private key to log in to ${keyless.join(', ')} with: pull requests from forks get no secrets.`;
  switch (withoutSecrets) {
    case 'skip':
      return { kind: 'skip', notice: `${why} Nothing was evaluated or built, as without_secrets says.` };
    case 'evaluate':
      return {
        kind: 'go',
        inputs: { ...inputs, mode: 'evaluate', builders: runnerOnly() },
        notice: `${why} The flake is only evaluated, as without_secrets says.`,
      };
    case 'local':
      return {
        kind: 'go',
        inputs: { ...inputs, builders: runnerOnly() },
        notice: `${why} Everything is built on the runner, as without_secrets says.`,
      };
  }
}

async function namesWithoutKey(
  builders: readonly Builder[],
  credentials: (builder: Builder) => Credentials,
): Promise<readonly string[]> {
  const found = await Promise.all(
    builders.map(async (builder) => ((await lacksKey(builder, credentials(builder))) ? [builder.name] : [])),
  );
  return found.flat();
}

async function lacksKey(builder: Builder, credentials: Credentials): Promise<boolean> {
  if (builder.address.kind !== 'ssh') return false;
  const { prepareLogin } = await import('./builders/ssh/prepare-login.ts');
  try {
    await prepareLogin(builder, builder.address, credentials);
    return false;
  } catch (error) {
    // Every other fault is the login's to tell: a wrong key is no missing one.
    return error instanceof DispatchError && error.code === 'authentication';
  }
}

function runnerOnly(): readonly Builder[] {
  return parseBuilders('local', () => undefined);
}
