import ssh2 from 'ssh2';
import type { HostKeyType } from './host-options.ts';

/** An OpenSSH key pair: private file text and the public line (`ssh-ed25519 AAAA…`, no comment). */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicLine: string;
}

/** Makes a key pair in memory. */
export function makeKeyPair(type: HostKeyType): KeyPair {
  const pair = generate(type);
  return { privateKey: pair.private, publicLine: pair.public.trim().split(' ').slice(0, 2).join(' ') };
}

function generate(type: HostKeyType): { private: string; public: string } {
  switch (type) {
    case 'ed25519':
      return ssh2.utils.generateKeyPairSync('ed25519');
    case 'ecdsa':
      return ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
    case 'rsa':
      return ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
  }
}
