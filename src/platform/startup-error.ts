/** Why the service cannot start: one line that names the problem and the fix. */
export class StartupError extends Error {}
