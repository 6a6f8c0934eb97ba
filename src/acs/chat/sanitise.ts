import createDOMPurify from 'dompurify';
import { chatSanitiser } from 'onescreen/chat';

/** Makes untrusted HTML safe to put into the page. */
export type Sanitise = (html: string) => string;

let shared: Sanitise | undefined;

/** DOMPurify on this page's DOM; undefined where there is none, and HTML must not be offered. */
export function sanitiser(): Sanitise | undefined {
  return (shared ??= chatSanitiser(createDOMPurify));
}
