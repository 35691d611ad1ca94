import { directivesFor } from '../../../src/builders/ssh-config/directives.ts';
import { parseJump } from '../../../src/builders/ssh-config/jump.ts';
import { parseSshOptions } from '../../../src/builders/ssh-config/ssh-options.ts';
import { settingsOf } from '../../../src/builders/ssh-config/ssh-settings.ts';
import { endingOf, must, textOf, texts, type FuzzTarget } from '../target.ts';

const account = { home: '/h/me', user: 'me', environment: { HOME: '/h/me' } };
const target = { host: 'b1', user: undefined, localUser: 'me' };

/** ssh_config, of which every included file has the same text, and options of ssh. */
export const sshConfiguration: FuzzTarget = {
  name: 'ssh-configuration',
  share: 6,
  samples: texts(
    'Host b1 !b2\n  HostName 10.0.0.1\n  Port=2222\n  IdentityFile "~/a b"\n  ProxyJump me@j:22,[::1]\n',
    'Match host b* user me\n  SetEnv A=b "C=d e"\nMatch final all\n  User x\nInclude other\n',
    '-p 22 -i "/a b" -o User=x -oPort=7 -J a,b -4C',
    'UserKnownHostsFile ~/a %d/b\nHostKeyAlias %h\nProxyCommand nc %h %p\n',
  ),
  tokens: texts(
    'Host ',
    'Match ',
    'Include ',
    'final',
    'exec',
    '"',
    '!',
    '*',
    '?',
    '=',
    '%h',
    '%%',
    '~',
    '\n',
    '#',
    ',',
    '-o',
    '-p',
    '[',
    ']:',
    '@',
  ),
  take(bytes) {
    const text = textOf(bytes);
    const options = endingOf(() => `${parseSshOptions(text).directives.length} options`);
    return endingOf(() => {
      const include = (name: string) => (name.length + text.length > 300 ? [] : [{ name, text }]);
      const settings = settingsOf(
        directivesFor([{ name: 'config', text }], target, include),
        target,
        account,
      );
      const { port, proxyJump } = settings;
      must(port === undefined || (port >= 1 && port <= 65_535), 'a port is none');
      for (const jump of proxyJump.map(parseJump))
        must(jump?.host.startsWith('-') !== true, 'a jump host is an option');
      return `${port} ${proxyJump.length} ${settings.proxyCommand === undefined} ${options}`;
    });
  },
};
