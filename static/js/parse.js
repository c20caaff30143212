// Reads a page of ours that was fetched. Script in it does not run; the policy is the one that the pages' security policy names.
const policy = globalThis.trustedTypes?.createPolicy("app", { createHTML: (html) => html });

export const parse = (html) => new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
