/** A Vitest reporter that names, at the end, every test that was skipped: its name says what it lacked. */
export class ReportSkipped {
  onTestRunEnd(modules) {
    const skipped = modules.flatMap((module) => [...module.children.allTests("skipped")]);
    if (skipped.length === 0) return;
    console.log("\nSkipped, because this machine lacks what they need or they were not asked for:");
    for (const test of skipped) console.log(`  ${test.fullName}`);
  }
}
