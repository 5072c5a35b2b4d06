// The reason that a person gives for a ban or unban.

/** In characters; the API refuses more. */
export const LONGEST_REASON = 500;
