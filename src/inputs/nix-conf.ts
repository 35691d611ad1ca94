import type { Inputs } from './inputs.ts';
import { fault, value, type Parsed } from './parsed.ts';

/**
 * Lines of nix.conf. Nix wants blanks around `=` and ends with "illegal configuration line" without them, so
 * `name=value` is brought into that form. Faults name lines by number only: settings may hold tokens.
 */
export function parseNixConf(text: string): Parsed<string> {
  const lines: string[] = [];
  const odd: number[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) continue;
    const setting = /^([a-zA-Z][\w-]*)\s*=\s*(.*)$/.exec(content);
    const name = setting?.[1];
    if (name !== undefined) lines.push(`${name} = ${setting?.[2] ?? ''}`.trimEnd());
    else if (/^!?include\s+\S/.test(content)) lines.push(content);
    else odd.push(index + 1);
  }
  if (odd.length > 0) {
    return fault('lines of nix.conf such as: sandbox = relaxed', `something else in line ${odd.join(', ')}`);
  }
  return value(lines.join('\n'));
}

/** `nix_conf` for a Nix that builds: tokens are for evaluation, and a build may see the environment of who runs it. */
export function nixConfOfBuilds(nixConf: string): string {
  return nixConf
    .split('\n')
    .filter((line) => !/^(?:extra-)?access-tokens\b/.test(line))
    .join('\n');
}

/**
 * Text for the environment variable `NIX_CONFIG` of every Nix that we start: `nix_conf`, then the access token. Empty
 * when neither was given. It's a secret when a token was.
 */
export function nixConfigText(inputs: Pick<Inputs, 'nixConf' | 'githubAccessToken'>): string {
  const token = inputs.githubAccessToken;
  const lines = [inputs.nixConf, token === undefined ? '' : `extra-access-tokens = github.com=${token}`];
  return lines.filter((line) => line !== '').join('\n');
}
