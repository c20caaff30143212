// Package bulk makes many changes of one kind: it reads the lines that somebody gave, says for each what
// would happen and why not, keeps that plan, and carries it out step by step.
//
// A sheet is what was given, a row is one person or group of it with what happens to it, a step is one
// write: all rows of one group are one step, every other row is a step of its own. A job is the whole, in
// the dashboard's database: any process of it can go on with a job, and each step is a change of package
// change under a press of its own, so that no write is sent twice whatever process dies when.
//
// It may import change, csvfile, directory, journal, lifecycle, membership, removal, store, tallyfy and the
// words of views. It knows no HTTP, no page and no queue: the jobs of package handlers say when and in whose name a
// job runs. A new kind is a row of Kinds, a case of Plan, and its change in Desk.
package bulk
