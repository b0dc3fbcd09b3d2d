import type { CoverageReport } from "monocart-coverage-reports";

export function createUiCoverage(): CoverageReport;
export function finishUiCoverage(): Promise<string[]>;
