// Pieces of sentences.

const LIST = new Intl.ListFormat("en-GB");

/** "sshd, nginx and postfix". */
export function listed(names: readonly string[]): string {
  return LIST.format(names);
}

/** The text as the beginning of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
