import { Eta } from 'eta/core';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/** What a template can name, as `it.NAME`. */
export type TemplateData = Readonly<Record<string, TemplateValue>>;
export type TemplateValue = string | number | boolean | undefined | readonly string[];

// Configuration is no HTML, so nothing is escaped, and line breaks stand as they are written.
const eta = new Eta({ autoEscape: false, autoTrim: false, useWith: false, cache: false });

/** Compiled by their text: a hundred domains in one call have the same. */
const templates = new Map<string, ReturnType<typeof eta.compile>>();

/**
 * Renders one template (Eta, https://eta.js.org); `name` is for the error alone. No value may hold a control character:
 * one with a line break would be a second line of configuration.
 * Throws BAD_CONFIG for such a value, for a template that cannot be compiled, and for one that fails.
 */
export function renderTemplate(name: string, text: string, data: TemplateData): string {
  for (const [key, value] of Object.entries(data)) {
    const bad = (Array.isArray(value) ? value : [value]).find((one) =>
      /[\p{Cc}\u2028\u2029]/u.test(String(one)),
    );
    if (bad !== undefined)
      throw unfit(name, `the value of ${key} holds a control character: '${escapeLines(String(bad))}'`);
  }
  try {
    let compiled = templates.get(text);
    if (compiled === undefined) {
      compiled = eta.compile(text);
      templates.set(text, compiled);
    }
    return eta.render(compiled, data);
  } catch (error) {
    if (!Error.isError(error)) throw error;
    throw unfit(name, escapeLines(error.message.split('\n')[0] ?? ''), error);
  }
}

function unfit(name: string, why: string, cause?: Error): VirtfsError {
  return new VirtfsError('BAD_CONFIG', {
    what: `cannot render the template ${escapeLines(name)}`,
    why,
    mend: 'correct it under /etc/virtfs, or remove it there so that the one virtfs brought is used',
    cause,
  });
}
