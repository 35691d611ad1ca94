/** Variables of GitHub's runner that carry secrets: our own inputs, and tokens of the workflow. */
const SECRET = /^(?:INPUT_|ACTIONS_\w*TOKEN$|GITHUB_TOKEN$|GH_TOKEN$)/;

/** The environment for processes that we start: ours without what only we may know. */
export function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !SECRET.test(name)));
}
