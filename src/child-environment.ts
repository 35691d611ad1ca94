/** Variables of GitHub's runner that carry secrets: our own inputs, what its services are reached with, tokens of the workflow. */
const RUNNER_ONLY = /^(?:INPUT_.*|ACTIONS_.*|GITHUB_TOKEN|GH_TOKEN)$/s;

/**
 * The environment for every process that we start: ours without what only we may know. Nix needs none of it, and a flake that is
 * evaluated impurely could read it (issue 5).
 */
export function childEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !RUNNER_ONLY.test(name)));
}
