# Second Tuesday: the settings task. Not yet executed on Windows.
# Runs as SYSTEM every 15 minutes and at boot, under PowerShell 4.0 (Server 2012 R2) and later. It has four verbs:
# get this server's settings, write the registry values that are listed below, start a scan, report.
# It runs nothing that is sent, and writes nothing outside of the two Windows Update policy keys and its own state.json.
# -Service: WUServer with the enrolment token; kept from then on. -Now: without the wait that spreads the servers.
param([string]$Service, [switch]$Now)
$ErrorActionPreference = 'Stop'
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor 3072 # TLS 1.2

$Policy = 'SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate'
$Allowed = @{
  $Policy = 'AcceptTrustedPublisherCerts', 'ActiveHoursEnd', 'ActiveHoursStart', 'DisableDualScan',
    'DoNotConnectToWindowsUpdateInternetLocations', 'SetActiveHours', 'SetDisableUXWUAccess',
    'SetPolicyDrivenUpdateSourceForDriverUpdates', 'SetPolicyDrivenUpdateSourceForFeatureUpdates',
    'SetPolicyDrivenUpdateSourceForOtherUpdates', 'SetPolicyDrivenUpdateSourceForQualityUpdates',
    'WUServer', 'WUStatusServer'
  "$Policy\AU" = 'AlwaysAutoRebootAtScheduledTime', 'AlwaysAutoRebootAtScheduledTimeMinutes', 'AUOptions',
    'AutoInstallMinorUpdates', 'DetectionFrequency', 'DetectionFrequencyEnabled', 'NoAutoRebootWithLoggedOnUsers',
    'NoAutoUpdate', 'RescheduleWaitTimeEnabled', 'ScheduledInstallDay', 'ScheduledInstallTime',
    'UseUpdateClassPolicySource', 'UseWUServer'
}

# One request; a status that is no success is an answer too.
function Invoke-Service($Method, $Url, $Body, $Etag) {
  $request = [Net.WebRequest]::Create($Url)
  $request.Method = $Method
  $request.Timeout = 30000
  $request.AllowAutoRedirect = $false
  if ($Etag) { $request.Headers['If-None-Match'] = $Etag }
  try {
    if ($Body) {
      $bytes = [Text.Encoding]::UTF8.GetBytes($Body)
      $request.ContentType = 'application/json'
      $stream = $request.GetRequestStream()
      $stream.Write($bytes, 0, $bytes.Length)
      $stream.Close()
    }
    $response = $request.GetResponse()
  } catch {
    $failure = $_.Exception
    while ($failure -and $failure -isnot [Net.WebException]) { $failure = $failure.InnerException }
    if (-not $failure -or -not $failure.Response) { throw }
    $response = $failure.Response
  }
  try {
    $text = (New-Object IO.StreamReader($response.GetResponseStream())).ReadToEnd()
    return @{ Status = [int]$response.StatusCode; Etag = $response.Headers['ETag']; Text = $text }
  } finally { $response.Close() }
}

# Writes what differs; returns the names. Any other key, name or type stops the run before a value is written.
function Set-Policy($Values) {
  foreach ($one in $Values) {
    $isKnown = $Allowed.ContainsKey($one.key) -and $Allowed[$one.key] -contains $one.name
    if (-not $isKnown -or @('DWord', 'String') -notcontains $one.type) { throw "refused: $($one.key)\$($one.name)" }
  }
  foreach ($one in $Values) {
    $path = "HKLM:\$($one.key)"
    if (-not (Test-Path $path)) { New-Item $path -Force | Out-Null }
    $item = Get-Item $path
    $isThere = $item.GetValueNames() -contains $one.name -and $item.GetValueKind($one.name) -eq $one.type
    if ($isThere -and $item.GetValue($one.name) -ceq $one.value) { continue }
    New-ItemProperty $path -Name $one.name -Value $one.value -PropertyType $one.type -Force | Out-Null
    $one.name
  }
}

function Start-Scan {
  $uso = "$env:SystemRoot\System32\UsoClient.exe" # Server 2016 and later
  if (Test-Path $uso) { & $uso StartScan } else { (New-Object -ComObject Microsoft.Update.AutoUpdate).DetectNow() }
}

# ISO text, whatever the calendar of the system's culture.
function Format-Instant($Time) {
  ([DateTime]$Time).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture)
}
function Read-Instant($Text) { [Xml.XmlConvert]::ToDateTimeOffset($Text).UtcDateTime }

# How a run of Windows Server Backup ended: 4 is a backup that was made, the others are failures.
$BackupEvents = 4, 5, 9, 17, 22, 49, 50, 517, 518, 521, 527, 528, 544, 545, 546, 561, 564, 612

# What the service is told: claims of this server about itself.
function Get-Report($Version, $Overwritten) {
  $os = Get-WmiObject Win32_OperatingSystem
  $disk = Get-WmiObject Win32_LogicalDisk -Filter "DeviceID='$env:SystemDrive'"
  $stopped = Get-WmiObject Win32_Service -Filter "StartMode='Auto' AND State<>'Running'" |
    Where-Object { -not (Test-Path "HKLM:\SYSTEM\CurrentControlSet\Services\$($_.Name)\TriggerInfo") }
  $since = (Get-Date).AddHours(-24)
  $errors = Get-WinEvent -FilterHashtable @{ LogName = 'System', 'Application'; Level = 1, 2; StartTime = $since } `
    -MaxEvents 10000 -ErrorAction SilentlyContinue
  $report = @{
    settingsVersion = $Version
    overwrittenByPolicy = $Overwritten
    bootedAt = Format-Instant $os.ConvertToDateTime($os.LastBootUpTime)
    pendingRestart = (Test-Path 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired') -or
      (Test-Path 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending')
    systemDiskFreeMegabytes = [int64][Math]::Floor($disk.FreeSpace / 1MB)
    stoppedServices = @($stopped | Where-Object { $_ } | Select-Object -First 100 | ForEach-Object { $_.Name })
    eventLogErrors = @($errors | Where-Object { $_ }).Count
  }
  if (Get-Command Get-WBSummary -ErrorAction SilentlyContinue) {
    $backup = (Get-WBSummary).LastSuccessfulBackupTime
    if ($backup -and $backup.Year -gt 2000) { $report.backupAt = Format-Instant $backup }
    $filter = @{ LogName = 'Microsoft-Windows-Backup'; Id = $BackupEvents; StartTime = (Get-Date).AddDays(-7) }
    $runs = Get-WinEvent -FilterHashtable $filter -MaxEvents 20 -ErrorAction SilentlyContinue
    $report.backups = @($runs | Where-Object { $_ } | ForEach-Object {
      @{ at = Format-Instant $_.TimeCreated; ok = $_.Id -eq 4; detail = "Event $($_.Id)" }
    })
  }
  $cluster = Get-Service ClusSvc -ErrorAction SilentlyContinue
  if ($cluster -and $cluster.Status -eq 'Running' -and (Get-Command Get-ClusterGroup -ErrorAction SilentlyContinue)) {
    $own = @(Get-ClusterGroup -ErrorAction SilentlyContinue | Where-Object {
      $_.OwnerNode.Name -eq $env:COMPUTERNAME -and @('Cluster', 'AvailableStorage') -notcontains "$($_.GroupType)"
    })
    $report.clusterRole = if ($own.Count -gt 0) { 'active' } else { 'passive' }
  }
  return $report
}

if (-not $Now) { Start-Sleep -Seconds (Get-Random -Maximum 240) } # not all servers in the same second
$clientId = (Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate').SusClientId
$file = Join-Path $PSScriptRoot 'state.json'
$state = @{ service = $Service; next = ''; etag = ''; settings = ''; version = ''; ran = ''; reported = ''; booted = '' }
if (Test-Path $file) {
  $kept = Get-Content $file -Raw | ConvertFrom-Json
  foreach ($name in @($state.Keys)) { if ($kept.$name) { $state[$name] = $kept.$name } }
  if ($Service) { $state.service = $Service; $state.next = ''; $state.etag = '' }
}
if (-not $state.service -or -not $clientId) { throw 'no service is known, or this server has no SusClientId yet' }
$began = [DateTime]::UtcNow

# The service may move this server: it is believed where the new place answers, and never from https to http.
$answer = $null
foreach ($url in @($state.next, $state.service)) {
  if (-not $url -or ($url -notlike 'https:*' -and $state.service -like 'https:*')) { continue }
  try { $answer = Invoke-Service 'GET' "$url/Settings/$clientId" $null $state.etag } catch { Write-Warning "$_" }
  if ($answer -and @(200, 304) -contains $answer.Status) { $state.service = $url; break }
}
$isNew = $answer -and $answer.Status -eq 200
if ($isNew) { $state.settings = $answer.Text; $state.etag = $answer.Etag }
if (-not $state.settings) { Write-Output 'The service has no settings for this server yet.'; exit 0 }
$settings = $state.settings | ConvertFrom-Json
$changed = @(Set-Policy $settings.registry)
$told = @($settings.registry | Where-Object { $_.name -eq 'WUServer' } | ForEach-Object { $_.value })
$state.next = if ($told.Count -eq 1 -and $told[0] -ne $state.service) { $told[0] } else { '' }

# A run that is late, or the first after a boot, makes up for the scans in between.
$last = if ($state.ran) { Read-Instant $state.ran } else { $began }
$due = @($settings.scans | Where-Object { (Read-Instant $_) -gt $last -and (Read-Instant $_) -le $began })
$isOther = $state.version -and $state.version -ne $settings.version # another plan: what was told before is void
if ($due.Count -gt 0 -or $isOther) { Start-Scan }
$state.version = $settings.version

$overwritten = -not $isNew -and $changed.Count -gt 0
$report = Get-Report $settings.version $overwritten
$isStale = -not $state.reported -or $began -gt (Read-Instant $state.reported).AddMinutes(55)
if ($isStale -or $changed.Count -gt 0 -or $due.Count -gt 0 -or $isOther -or $state.booted -ne $report.bootedAt) {
  try {
    $sent = Invoke-Service 'POST' "$($state.service)/Reports/$clientId" ($report | ConvertTo-Json -Depth 4)
    if ($sent.Status -lt 300) { $state.reported = Format-Instant $began; $state.booted = $report.bootedAt }
  } catch { Write-Warning "$_" }
}
$state.ran = Format-Instant $began
$state | ConvertTo-Json | Set-Content "$file.new" -Encoding UTF8
Move-Item "$file.new" $file -Force # never half a file
Write-Output "Settings $($settings.version). Changed: $($changed -join ', '). Scans started: $($due.Count)."
