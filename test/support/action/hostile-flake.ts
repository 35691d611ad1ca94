import { hostSystem } from './flake.ts';

/** Names and texts that want to be more than text, wherever they come to stand. */
export const hostileNames: readonly string[] = [
  '::set-output name=success::stolen',
  '::error::taken for a command',
  '##[add-mask]e',
  '</details></td></table><script>alert(1)</script><img src=x onerror=alert(1)>',
  '| a | b |',
  '[link](javascript:alert(1)) ![image](http://x/y.png) **bold** http://example.org @somebody #1',
  '../../../../tmp/nix-dispatch-escaped',
  '..',
  '/etc/passwd',
  'line\nbreak\r::set-env name=PATH::x\r\n::add-path::/x',
  '\u001b[31mred\u001b[0m\u001b]0;title\u0007\u001b]8;;http://x\u001b\\link',
  'abc\u202edcba \u2066x\u2069 \u200bzero',
  'section a :crit, 2024-01-01 %% c; click x call alert()',
  '```mermaid',
  '__proto__',
  'quote \' " ` $(touch /tmp/nix-dispatch-escaped) ;',
  '%0A::set-output name=success::stolen',
];

/** What a build prints, for `printf` of a POSIX shell: commands, guesses at the token that stops them, every kind of control. */
const PRINTED = [
  '::set-output name=success::stolen',
  '::add-mask::e',
  '::stop-commands::guess',
  '::guess::',
  '::0123456789abcdef0123456789abcdef::',
  '::error file=flake.nix,line=1::taken for a command',
  '##[error]taken for an old command',
  'a\\r::add-path::/stolen',
  '::save-state name=x::y',
  '::group::x',
  '::endgroup::',
  '::add-matcher::/etc/passwd',
  '\\033[31mred\\033[0m \\033]0;title\\007 \\033]8;;http://x\\033\\\\link \\233 2J',
  '</pre></details></table><script>alert(1)</script><img src=x onerror=alert(1)>',
  '| a | b |\\n|---|---|\\n\\n# heading\\n- item\\n```\\nfence',
  '[link](javascript:alert(1)) **bold** http://example.org',
  '\\342\\200\\256bidi\\342\\201\\246',
  'bytes \\377\\376\\300 and \\000 nul',
];

const script = (ending: string): string =>
  [...PRINTED.map((line) => `printf '${line}\\n' >&2`), ending].join('\n');

/** A string of Nix with these characters as they are; Nix knows no escapes by number. */
export function literal(text: string): string {
  const escaped = text.replace(/["\\]|\$\{/g, (found) => (found === '${' ? '\\${' : `\\${found}`));
  return `"${escaped.replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`;
}

/**
 * Text of a flake whose attributes, descriptions, errors, warnings and logs all carry such text. `nonce` makes derivations that no store
 * has yet. Of each name there is a build that works, one that fails, and a failure to evaluate.
 */
export function hostileFlake(nonce: string): string {
  const names = hostileNames.map((name, index) => {
    const description = literal(name);
    // No REPL of Nix takes these in a name.
    const attribute = name.replaceAll(/[\u0007\u001b]/g, '');
    const build = (ending: string): string =>
      `(derivation { name = "hostile-${index}"; system = "${hostSystem}"; builder = "/bin/sh"; nonce = ${literal(nonce)}; args = [ "-c" ${literal(script(ending))} ]; } // { meta.description = ${description}; })`;
    return `
      ${literal(`good ${attribute}`)} = builtins.trace ${description} ${build('echo > "$out"')};
      ${literal(`bad ${attribute}`)} = ${build('exit 1')};
      ${literal(`broken ${attribute}`)} = throw ${description};
      ${literal(attribute)} = ${build('echo > "$out"')};`;
  });
  return `{ outputs = { self }: { checks.${hostSystem} = {${names.join('\n')}\n  }; }; }\n`;
}
