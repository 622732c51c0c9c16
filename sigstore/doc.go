// Package sigstore keeps what signing needs in one bbolt file: the people of
// each tenant, their rendered signatures, and how the last sync went. (It has
// nothing to do with the supply-chain project of the same name.)
//
// A restart signs from the file before any source was read again, and a lookup
// never waits for a write, for the disk beyond a page fault, or for the network.
// One process writes; the file is locked as long as it is open, and opening it
// gives up after a second instead of waiting for the lock.
//
// # File
//
//	sigmilter                    bucket that makes the file ours
//	    schema                   schema version, decimal
//	tenants
//	    <tenant>
//	        people               primary address -> version, JSON of directory.Person
//	        addresses            every address of a person -> primary address
//	        rendered             primary address, NUL, template -> rendering
//	        count                number of people, decimal
//	        sync                 JSON of SyncState
//
// Addresses are in lower case. A person's version is the first half of the
// SHA-256 of the JSON; it is compared whenever a person is read, so that a
// flipped bit does not get into a signature. A rendering carries the versions of
// the person and of the template it was made of and the time it runs out, see
// rendering.encode; one that cannot be decoded counts as absent, since it can be
// made again.
//
// What is rendered for templates that are no longer in the configuration stays
// until its person changes or leaves.
package sigstore
