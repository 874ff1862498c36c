export interface PamModule {
  /** As it stands: a name in the system's module folder, or an absolute path. */
  readonly path: string;
  /** A `-` before the type: PAM says nothing where the module is missing. */
  readonly optional: boolean;
}

export interface PamFile {
  /** Each module once, in order; optional only if every line with it is. */
  readonly modules: readonly PamModule[];
  /** Names of files of /etc/pam.d, or absolute paths, that are read too. */
  readonly includes: readonly string[];
}

/**
 * Reads which modules and files one file of /etc/pam.d names (pam.conf(5)). A line that breaks the rules names
 * nothing: PAM refuses the service for it, whatever modules are there.
 */
export function parsePam(text: string): PamFile {
  const modules = new Map<string, boolean>();
  const includes = new Set<string>();
  for (const line of joinLines(text)) {
    const include = /^@include\s+(?<file>\S+)$/u.exec(line)?.groups?.file;
    if (include !== undefined) includes.add(include);
    const rule = parseRule(line);
    if (rule?.isInclude) includes.add(rule.path);
    else if (rule !== undefined) modules.set(rule.path, rule.optional && (modules.get(rule.path) ?? true));
  }
  return { modules: [...modules].map(([path, optional]) => ({ path, optional })), includes: [...includes] };
}

/** Lines without comments, a line that ends in `\` joined with the next. */
function joinLines(text: string): string[] {
  const lines = text.split('\n').map((line) => line.split('#', 1)[0] ?? '');
  return lines
    .join('\n')
    .replace(/\\\n/gu, ' ')
    .split('\n')
    .map((line) => line.trim());
}

const rule =
  /^(?<dash>-?)(?:auth|account|password|session)\s+(?<control>\[(?:\\.|[^\]\\])*\]|[^[\s]\S*)\s+(?<path>\[(?:\\.|[^\]\\])*\]|[^[\s]\S*)/iu;

function parseRule(line: string): { path: string; optional: boolean; isInclude: boolean } | undefined {
  const { dash, control, path } = rule.exec(line)?.groups ?? {};
  if (control === undefined || path === undefined) return undefined;
  const isInclude = /^(?:include|substack)$/iu.test(control);
  return { path: path.replace(/^\[(?<inner>.*)\]$/su, '$1'), optional: dash === '-', isInclude };
}
