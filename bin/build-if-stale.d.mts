export function buildIfStale(): void;
export function installIfStale(): void;
