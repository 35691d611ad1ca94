import { inputSchema } from './schema.ts';

// What users of nixbuild-action may still write.
const renamedInputs: Readonly<Record<string, string>> = {
  ssh_address: 'nixbuild_host',
  ssh_public_host_key: 'nixbuild_host_key',
  http_api_host: 'nixbuild_api',
  token: 'github_access_token',
};

/**
 * Finds inputs that this action does not have, from the runner's `INPUT_…` variables, and words a warning for each: a
 * misspelt input would otherwise be ignored in silence on runners that don't check.
 */
export function strayInputs(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known = new Set(Object.keys(inputSchema));
  const warnings: string[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    const name = /^INPUT_(.+)$/.exec(variable)?.[1]?.toLowerCase();
    if (name === undefined || known.has(name) || text === undefined || text === '') continue;
    const successor = renamedInputs[name];
    warnings.push(
      successor === undefined
        ? `Input ${name} does not exist and was ignored`
        : `Input ${name} is called ${successor} here and was ignored: rename it`,
    );
  }
  return warnings.sort();
}
