/** The workflow run that this process is a part of, as GitHub's runner tells it. */
export interface WorkflowRun {
  /** `https://github.com`, or a company's own server. */
  readonly serverUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly runId: string;
  /** Commit that triggered the run, 40 hexadecimal digits. */
  readonly commit: string;
}

/** Undefined outside of GitHub: in a terminal, and under act, which sets the same variables. */
export function workflowRunOf(environment: NodeJS.ProcessEnv): WorkflowRun | undefined {
  if (environment['GITHUB_ACTIONS'] !== 'true' || environment['ACT'] === 'true') return undefined;
  const serverUrl = environment['GITHUB_SERVER_URL'] ?? '';
  const repository = environment['GITHUB_REPOSITORY'] ?? '';
  const runId = environment['GITHUB_RUN_ID'] ?? '';
  const commit = environment['GITHUB_SHA'] ?? '';
  const isWhole =
    /^https?:\/\/[\w.:-]+$/.test(serverUrl) &&
    /^[\w.-]+\/[\w.-]+$/.test(repository) &&
    /^\d+$/.test(runId) &&
    /^[0-9a-f]{40}$/.test(commit);
  return isWhole ? { serverUrl, repository, runId, commit } : undefined;
}

/** Where people can download an artifact. */
export function artifactUrl({ serverUrl, repository, runId }: WorkflowRun, id: number): string {
  return `${serverUrl}/${repository}/actions/runs/${runId}/artifacts/${id}`;
}

/**
 * The flake as others can fetch it: the runner's checkout of the commit that triggered the run is on GitHub under that
 * commit. Undefined where it is another one, changed since, or has submodules or LFS files, which GitHub's archives do not have.
 *
 * @param lockedFlake as Nix locked it, `git+file:///…?rev=…&dir=…` for a checkout
 */
export function flakeOnGitHub(run: WorkflowRun, lockedFlake: string | undefined): string | undefined {
  const [base = '', query = ''] = lockedFlake?.split('?', 2) ?? [];
  if (!base.startsWith('git+file:')) return undefined;
  const parameters = new URLSearchParams(query);
  if (parameters.get('rev') !== run.commit) return undefined;
  if (['submodules', 'lfs'].some((name) => ['1', 'true'].includes(parameters.get(name) ?? '')))
    return undefined;
  const host = run.serverUrl.replace(/^https?:\/\//, '');
  const directory = parameters.get('dir') ?? '';
  const more = [
    ...(host === 'github.com' ? [] : [`host=${host}`]),
    ...(directory === '' ? [] : [`dir=${encodeURI(directory)}`]),
  ];
  return `github:${run.repository}/${run.commit}${more.length === 0 ? '' : `?${more.join('&')}`}`;
}
