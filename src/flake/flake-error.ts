import { DispatchError } from '../errors.ts';
import { readError } from './evaluator/error-text.ts';
import { unseenFileHint } from './unseen-file.ts';

/** What the names of a flake's files begin with: their copy in the store, or what newer versions show in its place. */
const SOURCE_FOLDER = /^(?:\/nix\/store\/[^/]+|«[^»]*»)\//;
/** Faults of a flake that was found, of which Nix tells no place. */
const BROKEN =
  /lacks attribute '|must be an attribute set|\bexpected a function but got\b|unsupported attribute/;

/** The error of a flake that Nix can't name the outputs of, from what `nix flake metadata` said. */
export function flakeError(reference: string, stderr: string): DispatchError {
  const { message, position } = readError(stderr.trim(), []);
  if (position !== undefined || BROKEN.test(message)) {
    const place =
      position === undefined
        ? ''
        : ` at ${position.file.replace(SOURCE_FOLDER, '')}:${position.line}:${position.column}`;
    return new DispatchError('evaluation', `the flake ${reference} does not evaluate: ${message}${place}`);
  }
  return new DispatchError('evaluation', `cannot read the flake ${reference}: ${message}`, {
    hint:
      unseenFileHint(message) ?? downloadHint(message) ?? ownerHint(message) ?? flagHint(message) ?? RELATIVE,
  });
}

const RELATIVE = 'Check the flake input; a relative reference starts at the directory that the step runs in.';

/** GitHub answers 404 for what is private, and 403 to machines that have asked too often. */
function downloadHint(message: string): string | undefined {
  if (!/\bHTTP error (?:401|403|404|429)\b/.test(message)) return undefined;
  return 'Is the name right? For private repositories, and against the rate limit of GitHub, give a token by github_access_token.';
}

/** In containers the checkout often belongs to another user. */
function ownerHint(message: string): string | undefined {
  if (!/\bnot owned by current user\b|\bdubious ownership\b/.test(message)) return undefined;
  return 'Allow it in a step before: git config --global --add safe.directory "$GITHUB_WORKSPACE".';
}

function flagHint(message: string): string | undefined {
  return message.startsWith('unrecognised flag')
    ? 'What is in nix_args is given to Nix as it is.'
    : undefined;
}
