import { parseBuilders } from '../../../src/builders/machine-lines/parse-builders.ts';
import { endingOf, must, textOf, texts, type FuzzTarget } from '../target.ts';

const KEY = Buffer.from(
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPIQCZc54poJ8vqawd8TraNryQeJnvH1eLpIDgbiqymM',
).toString('base64');

/** Machine lines and Lix's TOML; every included file has the same text. */
export const machines: FuzzTarget = {
  name: 'machines',
  share: 10,
  samples: texts(
    `ssh-ng://builder@b1.example.org x86_64-linux,aarch64-linux /key 8 2.5 kvm,big-parallel benchmark ${KEY}`,
    'ssh://[fe80::1%25eth0]:2222?compress=true&max-connections=4 - - 1 # comment\nlocal ; unix:///run/x.sock',
    '@/etc/nix/machines\nssh-ng://u:p@h?remote-program=a%20b&trusted=true&remote-store=local%3Froot%3D/x',
    'version = 1\n[machines.one]\nuri = "ssh-ng://b1"\njobs = 4\nsystem-types = ["x86_64-linux"]\nspeed-factor = 1.5\nenable = true\n',
    'machines = { a = { uri = "h", supported-features = ["kvm"] } }\nversion = 1\n',
  ),
  tokens: texts(
    'ssh-ng://',
    'ssh://',
    'unix://',
    '@',
    '[::1]',
    ':22',
    '?',
    '&',
    '=',
    '%',
    '%00',
    '-',
    ' ',
    '\n',
    '\r',
    ';',
    '#',
    '[machines.',
    ']',
    '"',
    "'",
    '{',
    '[[',
    '"""',
    'true',
    '1e999',
    'nan',
    '0x1',
    'compress=',
    'base64-ssh-public-host-key=',
    KEY,
  ),
  take(bytes) {
    const text = textOf(bytes);
    return endingOf(() => {
      const builders = parseBuilders(text, (path) => (path.length + text.length > 500 ? undefined : text));
      must(new Set(builders.map(({ name }) => name)).size === builders.length, 'two builders share a name');
      for (const { name, speedFactor } of builders) {
        must(name !== '', 'a builder has no name');
        must(speedFactor > 0, 'a builder has no speed');
      }
      return `${Math.min(builders.length, 4)} of ${builders[0]?.address.kind}`;
    });
  },
};
