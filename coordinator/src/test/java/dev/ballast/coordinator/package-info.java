/** Tests of the coordinator. */
package dev.ballast.coordinator;
