// Prints "PASSED FAILED" for one suite: node .ci/count.mjs REPORT EXIT-CODE
import { readFileSync } from "node:fs";

const [file, exitCode] = process.argv.slice(2);
const { passed, failed } = count(reportIn(file));
// A command that failed has failed at least once, whatever its report says; a suite that proved nothing has failed too.
const unexplained = failed === 0 && (exitCode !== "0" || passed === 0);
console.log(`${passed} ${unexplained ? 1 : failed}`);

function count(report) {
  if (report === undefined) return { passed: 0, failed: 0 };
  const unloadable = report.testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults?.length === 0);
  // No test is set aside in this house, so one that did not run was kept from running.
  const notRun = report.numPendingTests + report.numTodoTests;
  return { passed: report.numPassedTests, failed: report.numFailedTests + notRun + unloadable.length };
}

function reportIn(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
