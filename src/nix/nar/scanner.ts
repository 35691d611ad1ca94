import { createNarParser } from './parser.ts';
import type { NarParser, NarParserOptions } from './parser.ts';

/**
 * Finds the end of a NAR that stands in a stream without a length, as the reply to op 38 does (protocol §5), and
 * holds it to the grammar meanwhile. File contents are stepped over, so its cost is that of the entries.
 */
export function createNarScanner(options: NarParserOptions = {}): NarParser {
  return createNarParser({}, options);
}
