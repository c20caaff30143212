// Package tallyfy is a client of the Tallyfy REST API, as far as an administration dashboard needs
// it: groups, members, guests, tasks, files, activity, and who is signed in to which organisation.
//
// # Use
//
//	base, err := tallyfy.New(tallyfy.Options{})        // once per process: one tuned transport
//	client := base.WithToken(token)                    // per session: a cheap copy
//	page, err := client.Groups.List(ctx, org, tallyfy.GroupListOptions{PerPage: 25})
//
// A [Page] may be shared with whoever reads the same, and must not be changed.
//
// Every failed call returns a *[Error]; [IsNotFound], [FieldErrors], [MayHaveHappened] and their
// siblings ask it questions. A call ends when its context does. Each attempt has its own time
// limit, and what is repeated stands in one table, in retry.go. [Options.Limiter] decides when
// each attempt is sent.
//
// # What it may import
//
// The standard library, github.com/go-json-experiment/json and the LRU list of
// hashicorp/golang-lru, and nothing else of this module. The tests may use testify and the sandbox.
//
// # Where to add a thing
//
//   - A call: a method in its resource's file (groups.go, members.go …), named as in the API's
//     documentation, with the route in its comment; then a row in the contract suite
//     (contract_x_test.go) and the route in the sandbox.
//   - A field: a line with its tag in the resource's type.
//   - An odd shape on the wire: a small type of its own beside ids.go, time.go, scalars.go,
//     refs.go and include.go, with a table test and a fuzz target. Such a type never looks at
//     another field.
//   - A header, limit or retry rule: request.go, attempt.go, retry.go. A service never does that
//     by itself.
//
// # Sources
//
// Comments say where a fact comes from: "documented" means Tallyfy's public documentation, "seen
// in the vendor's client" its open-source clients. Where neither settles a shape, every known form
// is accepted and the safest is sent.
package tallyfy
