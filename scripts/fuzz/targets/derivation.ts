import { buildOptions } from '../../../src/nix/derivation/build-options.ts';
import { checkFixedOutputPaths } from '../../../src/nix/derivation/check-paths.ts';
import { formatDerivation } from '../../../src/nix/derivation/format.ts';
import { parseNamedDerivation } from '../../../src/nix/derivation/parse.ts';
import { sha256 } from '../../../src/nix/hash/sha256.ts';
import { endingOf, must, texts, type FuzzTarget } from '../target.ts';
import { DRV_PATH, OUT_PATH } from './sample-wire.ts';

const HEX = 'ab'.repeat(32);

const [plain = new Uint8Array(), ...others] = texts(
  `Derive([("out","${OUT_PATH}","","")],[("${DRV_PATH}",["dev","out"])],["${OUT_PATH}"],"x86_64-linux","/bin/sh",["-c","echo \\"hi\\"\\n"],[("name","hello"),("out","${OUT_PATH}")])`,
  `Derive([("out","${OUT_PATH}","r:sha256","${HEX}")],[],[],"builtin","builtin:fetchurl",[],[("requiredSystemFeatures","kvm big")])`,
  `Derive([("out","","r:sha256",""),("dev","","sha256","impure")],[],[],"","",[],[])`,
  `Derive([("out","","","")],[],[],"x","y",[],[("__json","{\\"requiredSystemFeatures\\":[\\"kvm\\"],\\"preferLocalBuild\\":true}")])`,
  `DrvWithVersion("xp-dyn-drv",[("out","","","")],[("${DRV_PATH}",(["out"],[("out",["lib"])]))],[],"x","y",[],[])`,
);

/** `.drv` files: what is accepted must mean the same once it is written again. */
export const derivation: FuzzTarget = {
  name: 'derivation',
  share: 16,
  samples: [plain, ...others],
  tokens: texts(
    '("',
    '",',
    '")',
    '[(',
    ')]',
    '\\"',
    '\\',
    ',',
    '[]',
    '(',
    OUT_PATH,
    DRV_PATH,
    'r:sha256',
    'sha1',
    HEX,
    'impure',
    'text:',
    'git:',
    '([',
  ),
  take(bytes) {
    return endingOf(() => {
      const parsed = parseNamedDerivation(bytes, 'fuzz');
      const written = formatDerivation(parsed);
      const again = formatDerivation(parseNamedDerivation(written, 'fuzz'));
      must(Buffer.compare(written, again) === 0, 'written again it is another derivation');
      const { requiredSystemFeatures } = buildOptions(parsed);
      checkFixedOutputPaths(parsed, sha256);
      return `accepted ${parsed.outputs.size} ${requiredSystemFeatures.length} ${String(parsed.isDynamic)}`;
    });
  },
};
