// The one place where the SDKs meet generated code, so that it can be swapped for a leaner generation in one line.
export * from "@cinedeepmatch/contract";
