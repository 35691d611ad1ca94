import { findExecutable } from './command.ts';
import { installPackages } from './packages.ts';

/** Whether a browser can be driven here, and if not, why. */
export type BrowserSupport =
  | { readonly ok: true; readonly executable: string }
  | { readonly ok: false; readonly reason: string };

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
// Without a font of symbols, screenshots show boxes.
const PACKAGES = ['chromium', 'fonts-dejavu-core', 'fonts-noto-color-emoji'];

/** Tells whether there is a browser, without changing anything. */
export function browserSupport(): BrowserSupport {
  for (const program of PROGRAMS) {
    const executable = findExecutable(program);
    if (executable !== undefined) return { ok: true, executable };
  }
  return { ok: false, reason: 'needs chromium, which npm test installs where it can' };
}

/** Installs Chromium with apt, once. */
export async function ensureBrowser(log: (line: string) => void): Promise<BrowserSupport> {
  const present = browserSupport();
  if (present.ok) return present;
  log(`installing ${PACKAGES.join(' ')}`);
  try {
    await installPackages(PACKAGES);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
  return browserSupport();
}
