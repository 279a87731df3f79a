import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UpdateFragments } from './document.ts';
import { readUpdate } from './read-update.ts';
import { type DocumentParts, documentOf } from './testing/documents.ts';

function fragmentsOf(parts: DocumentParts): UpdateFragments {
  const result = readUpdate(documentOf(parts));
  assert.ok(result.ok, result.ok ? '' : `${result.code} ${result.message} ${result.path}`);
  return result.update.fragments;
}

const HEAD =
  '<UpdateIdentity UpdateID="266F6222-c89d-43f2-9f8a-69340271e677" RevisionNumber="200" /><Properties UpdateType="Software" />';

/** What the rules of a document become in the core fragment. */
function rules(xml: string): string {
  const { core } = fragmentsOf({ rules: `<upd:ApplicabilityRules>${xml}</upd:ApplicabilityRules>` });
  const [before, inner, after] = [
    `${HEAD}<ApplicabilityRules>`,
    core.slice(HEAD.length + 20, -21),
    '</ApplicabilityRules>',
  ];
  assert.equal(core, before + inner + after);
  return inner;
}

test('the core has the identity as it was written, and some attributes in a fixed order', () => {
  const { core } = fragmentsOf({
    properties: `<upd:Properties EulaID="0AAC58EE-82a0-4452-a7fa-19f68398f1fa" OSUpgrade="swap" CreationDate="2026-10-04T12:00:58Z" AutoSelectOnWebSites="true" ExplicitlyDeployable="true" UpdateType="Software" IsPublic="true"><upd:KBArticleID>1</upd:KBArticleID></upd:Properties>`,
  });
  assert.equal(
    core,
    '<UpdateIdentity UpdateID="266F6222-c89d-43f2-9f8a-69340271e677" RevisionNumber="200" /><Properties UpdateType="Software" ExplicitlyDeployable="true" AutoSelectOnWebSites="true" OSUpgrade="swap" EulaID="0AAC58EE-82a0-4452-a7fa-19f68398f1fa" />',
  );
});

test('attributes with their default value stand in neither fragment', () => {
  const { core, extended } = fragmentsOf({
    properties:
      '<upd:Properties UpdateType="Software" ExplicitlyDeployable="false" AutoSelectOnWebSites="false" OSUpgrade="false" PerUser="false" IsPublic="true" IsBeta="false" LegacyName="L" PublicationState="Published" PublisherID="P" CreationDate="2026-10-04T12:00:58Z" DetectoidType="D" MaxDownloadSize="0" />',
  });
  assert.equal(core, HEAD);
  assert.equal(extended, '<ExtendedProperties IsBeta="false" MaxDownloadSize="0" />');
});

test('the extended fragment has properties under their other name, files and handler data', () => {
  const digest = Buffer.alloc(20).toString('base64');
  const { extended } = fragmentsOf({
    properties: `<upd:Properties UpdateType="Software" CreationDate="2026-10-04T12:00:58Z" Handler="urn:h">
      <upd:InstallationBehavior Impact="Minor"></upd:InstallationBehavior>
      <upd:KBArticleID>2267602</upd:KBArticleID>
    </upd:Properties>`,
    files: `<upd:Files><upd:File Digest="${digest}" FileName="a&amp;b.exe" Size="1" /></upd:Files>`,
    handlerData:
      '<upd:HandlerSpecificData xsi:type="cmd:CommandLineInstallation"><cmd:InstallCommand Program="a&amp;b.exe" Arguments="/q &quot;x&quot;"><cmd:ReturnCode Code="0" Result="Succeeded" /></cmd:InstallCommand></upd:HandlerSpecificData>',
  });
  assert.equal(
    extended,
    `<ExtendedProperties Handler="urn:h"><InstallationBehavior Impact="Minor" /><KBArticleID>2267602</KBArticleID></ExtendedProperties><Files><File Digest="${digest}" FileName="a&amp;b.exe" Size="1" /></Files><HandlerSpecificData type="cmd:CommandLineInstallation"><InstallCommand Program="a&amp;b.exe" Arguments="/q &quot;x&quot;"><ReturnCode Code="0" Result="Succeeded" /></InstallCommand></HandlerSpecificData>`,
  );
});

test('rules have a letter for the namespaces of base, MSI and driver rules, and nothing for the others', () => {
  assert.equal(
    rules(
      '<upd:IsInstalled><lar:And><bar:RegDword Key="HKEY_LOCAL_MACHINE" Data="1" /><mar:MsiPatchInstalled /><drv:WindowsDriverInstalled /><cbs:CbsPackageInstalled /><lar:True></lar:True></lar:And></upd:IsInstalled>',
    ),
    '<IsInstalled><And><b.RegDword Key="HKEY_LOCAL_MACHINE" Data="1" /><m.MsiPatchInstalled /><d.WindowsDriverInstalled /><CbsPackageInstalled /><True /></And></IsInstalled>',
  );
});

test('blobs of foreign schemas keep their namespace where it begins, wherever the document declares it', () => {
  const asm = 'urn:schemas-microsoft-com:asm.v3';
  assert.equal(
    rules(
      `<upd:Metadata><cbs:CbsPackageApplicabilityMetadata><assembly xmlns="${asm}" manifestVersion="1.0"><assemblyIdentity name="Package_for_X" /><package><parent/></package></assembly></cbs:CbsPackageApplicabilityMetadata></upd:Metadata>`,
    ),
    `<Metadata><CbsPackageApplicabilityMetadata><assembly xmlns="${asm}" manifestVersion="1.0"><assemblyIdentity name="Package_for_X" /><package><parent /></package></assembly></CbsPackageApplicabilityMetadata></Metadata>`,
  );
  const msi = 'http://www.microsoft.com/msi/patch_applicability.xsd';
  assert.equal(
    rules(
      `<mar:MsiPatchMetadata><MsiPatch SchemaVersion="1.0.0.0" xmlns="${msi}"><TargetProduct><MinMsiVersion>2</MinMsiVersion></TargetProduct></MsiPatch></mar:MsiPatchMetadata>`,
    ),
    `<m.MsiPatchMetadata><MsiPatch SchemaVersion="1.0.0.0" xmlns="${msi}"><TargetProduct><MinMsiVersion>2</MinMsiVersion></TargetProduct></MsiPatch></m.MsiPatchMetadata>`,
  );
  assert.equal(
    rules(`<upd:Metadata xmlns:a="${asm}"><a:assembly x="1"><a:package/></a:assembly><a:assembly/></upd:Metadata>`),
    `<Metadata><assembly xmlns="${asm}" x="1"><package /></assembly><assembly xmlns="${asm}" /></Metadata>`,
  );
});

test('text is kept and escaped anew; white space between elements, comments and instructions go', () => {
  assert.equal(
    rules(
      '<upd:Metadata>\n  <!-- c --><a b="1"> x &amp; <!-- c -->&lt;y&gt; <c/> tail <?pi?></a>\n <d><![CDATA[<&]]></d><e> </e></upd:Metadata>',
    ),
    '<Metadata><a b="1"> x &amp; &lt;y&gt; <c /> tail </a><d>&lt;&amp;</d><e /></Metadata>',
  );
});

test('line breaks that an attribute holds are still there when the fragment is read', () => {
  assert.equal(rules('<a b="1&#10;2&#13;3&#9;4&lt;&quot;\'" />'), '<a b="1&#xA;2&#xD;3&#x9;4&lt;&quot;\'" />');
});

test('texts and licences are fragments of their own', () => {
  const digest = Buffer.alloc(20).toString('base64');
  const { localized, eula } = fragmentsOf({
    texts: `<upd:LocalizedPropertiesCollection>stray<upd:EulaFile Digest="${digest}" FileName="e.txt" Size="1" Language="en" GeoId="244" /><upd:LocalizedProperties><upd:Language> pt-BR </upd:Language><upd:Title>Olá &amp; mais</upd:Title></upd:LocalizedProperties><x/><upd:LocalizedProperties><upd:Language>en</upd:Language><upd:Title>Hi</upd:Title></upd:LocalizedProperties></upd:LocalizedPropertiesCollection>`,
  });
  assert.deepEqual(
    [...localized],
    [
      ['pt-BR', '<LocalizedProperties><Language> pt-BR </Language><Title>Olá &amp; mais</Title></LocalizedProperties>'],
      ['en', '<LocalizedProperties><Language>en</Language><Title>Hi</Title></LocalizedProperties>'],
    ],
  );
  assert.deepEqual(eula, [
    {
      language: 'en',
      geoId: '244',
      xml: `<EulaFile Digest="${digest}" FileName="e.txt" Size="1" Language="en" GeoId="244" />`,
    },
  ]);
});

test('a manifest longer than any buffer of the writer comes out whole', () => {
  const entries = Array.from({ length: 9000 }, (_, index) => `<assemblyIdentity name="Package_${index}" />`).join('');
  assert.equal(rules(`<upd:Metadata>${entries}</upd:Metadata>`), `<Metadata>${entries}</Metadata>`);
});
