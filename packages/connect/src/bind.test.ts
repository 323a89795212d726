import { type Credential, type Endpoint, Hidden, isRefusal } from "@rollcall/contract";
import { ca, loopbackCertificate } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { bind } from "./bind.ts";
import type { Resolved } from "./resolve.ts";

const other = loopbackCertificate().certificate;
const credential: Credential = { kind: "credential", provider: "reader", token: new Hidden("canary") };
const server = "https://paris.example.test:6443";
const proxy = "http://proxy.example.test:3128";

interface Row {
  readonly when: string;
  readonly madeFor?: Resolved["madeFor"];
  readonly endpoint: Endpoint;
  readonly hosts?: readonly string[];
  readonly then: string;
}

const madeFor = { server, ca };
const here = { server, ca };
const evil = { server: "https://evil.test:6443", ca };

const rows: readonly Row[] = [
  { when: "was made for this server and CA", madeFor, endpoint: here, then: "connected" },
  {
    when: "was made for the same server in another spelling",
    madeFor: { server: "https://PARIS.example.test.:6443/", ca },
    endpoint: here,
    then: "connected",
  },
  {
    when: "was made with the same CA on other lines",
    madeFor: { server, ca: ca.replaceAll("\n", "\r\n") },
    endpoint: here,
    then: "connected",
  },
  { when: "was made for public CAs", madeFor: { server }, endpoint: { server }, then: "connected" },
  { when: "is verified anyway, whoever is on the way", madeFor, endpoint: { ...here, proxy }, then: "connected" },
  { when: "was made for another server", madeFor, endpoint: evil, then: "WrongServer" },
  { when: "was made for another port", madeFor, endpoint: { server: "https://paris.example.test", ca }, then: "WrongServer" },
  { when: "was made for another path", madeFor, endpoint: { server: `${server}/k8s/clusters/2`, ca }, then: "WrongServer" },
  { when: "was made for another query", madeFor, endpoint: { server: `${server}?agent=2`, ca }, then: "WrongServer" },
  { when: "was made with another CA", madeFor, endpoint: { server, ca: other }, then: "WrongCa" },
  { when: "would meet one more CA", madeFor, endpoint: { server, ca: ca + other }, then: "WrongCa" },
  { when: "was made with a CA, and public ones would do", madeFor, endpoint: { server }, then: "WrongCa" },
  { when: "was made for public CAs, and the profile has its own", madeFor: { server }, endpoint: here, then: "WrongCa" },
  {
    when: "was made without verification, and the profile has a CA of its own",
    madeFor: { server, insecure: true },
    endpoint: here,
    then: "WrongCa",
  },
  {
    when: "was made without verification, and public CAs would do",
    madeFor: { server, insecure: true },
    endpoint: { server },
    then: "connected",
  },
  {
    when: "was made without verification, and the profile does without it too",
    madeFor: { server, insecure: true },
    endpoint: { server, insecure: true },
    then: "InsecureEndpoint",
  },
  {
    when: "was made without verification, and the operator allows this host",
    madeFor: { server, insecure: true },
    endpoint: here,
    hosts: ["paris.example.test"],
    then: "connected",
  },
  {
    when: "would be sent unverified",
    madeFor: { server },
    endpoint: { server, insecure: true },
    hosts: ["paris.example.test"],
    then: "InsecureEndpoint",
  },
  {
    when: "would be sent in clear",
    madeFor: { server: "http://paris.example.test" },
    endpoint: { server: "http://paris.example.test" },
    hosts: ["paris.example.test"],
    then: "InsecureEndpoint",
  },
  { when: "would go to whoever is called otherwise", madeFor, endpoint: { ...here, tlsName: "evil.test" }, then: "WrongTlsName" },
  {
    when: "was made for that name",
    madeFor: { ...madeFor, tlsName: "kubernetes" },
    endpoint: { ...here, tlsName: "Kubernetes" },
    then: "connected",
  },
  { when: "is told the name that the server has anyway", madeFor, endpoint: { ...here, tlsName: "paris.example.test" }, then: "connected" },
  {
    when: "was made for another server, and the operator allows this one",
    madeFor,
    endpoint: { server: "https://10.0.0.1", ca },
    hosts: ["10.0.0.1"],
    then: "connected",
  },
  {
    when: "was made for another server, and the operator allows a third",
    madeFor,
    endpoint: evil,
    hosts: ["10.0.0.1"],
    then: "WrongServer",
  },
  { when: "was made for this server, and the operator allows another", madeFor, endpoint: here, hosts: ["10.0.0.1"], then: "connected" },
  { when: "is for nobody knows whom", endpoint: here, then: "NotBound" },
  { when: "is for nobody knows whom, and an empty list allows nobody", endpoint: here, hosts: [], then: "NotBound" },
  { when: "may go to this host", endpoint: here, hosts: ["*.example.test:6443"], then: "connected" },
  { when: "may go to another host", endpoint: evil, hosts: ["*.example.test:6443"], then: "WrongServer" },
  {
    when: "may go to this host, but not through that proxy",
    endpoint: { ...here, proxy: "http://evil.test" },
    hosts: ["*.example.test"],
    then: "WrongProxy",
  },
  { when: "may go to this host and through that proxy", endpoint: { ...here, proxy }, hosts: ["*.example.test"], then: "connected" },
  {
    when: "may go to this host, but not by that name",
    endpoint: { server, tlsName: "evil.test" },
    hosts: ["*.example.test"],
    then: "WrongTlsName",
  },
  {
    when: "may go to this host and by that name",
    endpoint: { ...here, tlsName: "kubernetes" },
    hosts: ["*.example.test", "kubernetes"],
    then: "connected",
  },
];

describe("a credential", () => {
  it.each(rows)("that $when: $then", ({ madeFor, endpoint, hosts, then }) => {
    const answer = bind({ credential, ...(madeFor && { madeFor }) }, endpoint, hosts);
    expect(isRefusal(answer) ? answer.reason : "connected").toBe(then);
    expect(isRefusal(answer) || answer).toEqual(then === "connected" ? { ...endpoint, login: credential } : true);
  });

  it("is refused with both hosts named, and with what to do", () => {
    expect(bind({ credential, madeFor }, evil)).toMatchObject({
      message:
        'the credential was made for paris.example.test:6443, and the profile says evil.test:6443; publish the server that it was made for, or allow what the profile says in hosts of provider "reader"',
    });
    expect(bind({ credential, madeFor: { server, insecure: true } }, here)).toMatchObject({
      message: expect.stringMatching(/verification switched off.*put the CA into certificate-authority-data of the kubeconfig/) as string,
    });
    expect(bind({ credential }, evil, ["a.test", "*.b.test"])).toMatchObject({
      message: expect.stringContaining("the profile says evil.test:6443, and allowed is a.test, *.b.test;") as string,
    });
    expect(bind({ credential }, here)).toMatchObject({
      message: expect.stringMatching(
        /for paris\.example\.test:6443; allow that in hosts of this provider.*rollcall\.dev\/server/,
      ) as string,
    });
  });

  it("that was made for something that is no address goes nowhere", () => {
    expect(bind({ credential, madeFor: { server: "paris", ca } }, here)).toMatchObject({ reason: "WrongServer" });
  });
});
