// Package pace keeps the dashboard's reads below what Tallyfy allows all people behind one address together. One queue serves the
// whole process: clicks go first, and what can wait (the copies of an organisation, files, logos) takes what they leave. It learns
// from "too many requests" that the limit is lower than it was told.
//
// It may import tallyfy's types. It counts this process only: replicas behind one address each need their share as the setting.
package pace
