# Run as administrator. It may be run again: it writes only what differs, and the values of before are saved once.
# Exit status: 0 done; 1 the service has not seen this server yet; 2 a domain policy writes over these settings.
$ErrorActionPreference = 'Stop'
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor 3072 # TLS 1.2
$Folder = "$env:ProgramFiles\Second Tuesday"

function Read-Value($One) {
  $item = Get-Item "HKLM:\$($One.Key)" -ErrorAction SilentlyContinue
  if ($item -and $item.GetValueNames() -contains $One.Name) { return $item.GetValue($One.Name) }
}

# What was there before, of every value that the service may ever set; opt-out.ps1 puts it back.
function Save-Before {
  New-Item $Folder -ItemType Directory -Force | Out-Null
  $file = "$Folder\before.json"
  $before = @{ StartMode = (Get-WmiObject Win32_Service -Filter "Name='wuauserv'").StartMode; Entries = @() }
  if (Test-Path $file) {
    $kept = Get-Content $file -Raw | ConvertFrom-Json
    $before = @{ StartMode = $kept.StartMode; Entries = @($kept.Entries) }
  }
  foreach ($one in $Managed) {
    if ($before.Entries | Where-Object { $_.Key -eq $one.Key -and $_.Name -eq $one.Name }) { continue }
    $now = Read-Value $one
    $type = if ($null -eq $now) { '' } else { "$((Get-Item "HKLM:\$($one.Key)").GetValueKind($one.Name))" }
    $before.Entries += @{ Key = $one.Key; Name = $one.Name; Type = $type; Value = $now }
  }
  $before | ConvertTo-Json -Depth 4 | Set-Content $file -Encoding UTF8
}

function Set-Values {
  foreach ($one in $Values) {
    $path = "HKLM:\$($one.Key)"
    if (-not (Test-Path $path)) { New-Item $path -Force | Out-Null }
    $now = Read-Value $one
    if ($now -ceq $one.Value -and (Get-Item $path).GetValueKind($one.Name) -eq $one.Type) { continue }
    New-ItemProperty $path -Name $one.Name -Value $one.Value -PropertyType $one.Type -Force | Out-Null
    Write-Output "set $($one.Name): $(if ($null -eq $now) { 'absent' } else { $now }) -> $($one.Value)"
  }
}

function Start-Scan {
  $uso = "$env:SystemRoot\System32\UsoClient.exe" # Server 2016 and later
  if (Test-Path $uso) { & $uso StartScan } else { (New-Object -ComObject Microsoft.Update.AutoUpdate).DetectNow() }
}

# The service knows this server when it has settings for it.
function Wait-ForService($Minutes) {
  $until = (Get-Date).AddMinutes($Minutes)
  $reason = ''
  while ((Get-Date) -lt $until) {
    $clientId = (Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate').SusClientId
    try {
      if ($clientId) { return (Invoke-WebRequest "$WUServer/Settings/$clientId" -UseBasicParsing).Content | ConvertFrom-Json }
      $reason = 'this server has no SusClientId yet'
    } catch { $reason = "$($_.Exception.Message)" }
    Start-Sleep -Seconds 10
  }
  Write-Warning "Not seen by the service within $Minutes minutes: $reason"
}

# Hours are meant in the zone of the plan; Windows takes them by its own clock.
function Test-Clock($Settings) {
  if (-not $Settings.window) { return }
  $start = [Xml.XmlConvert]::ToDateTimeOffset($Settings.window.start).ToLocalTime()
  $end = [Xml.XmlConvert]::ToDateTimeOffset($Settings.window.end).ToLocalTime()
  $hour = ($Settings.registry | Where-Object { $_.name -eq 'ScheduledInstallTime' }).value
  $first = $start.Date.AddHours($hour)
  if ($first -lt $start.DateTime) { $first = $first.AddDays(1) }
  if ($first -ge $end.DateTime) {
    Write-Warning "The window opens at $start by this server's clock, but installs are set to $($hour):00. Give the server its zone: $([TimeZoneInfo]::Local.Id)"
  }
}

$me = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) { throw 'Run this as administrator.' }
Save-Before
Set-Values
Set-Service -Name wuauserv -StartupType Automatic
Restart-Service -Name wuauserv
gpupdate.exe /force
$overwritten = @($Values | Where-Object { (Read-Value $_) -cne $_.Value })
foreach ($one in $overwritten) { Write-Warning "$($one.Name) is $(Read-Value $one), not $($one.Value): a domain policy sets it." }
if ($overwritten.Count -gt 0) {
  Write-Warning 'Put the settings into that policy instead: gpo-registry.xml or policy-lgpo.txt.'
  exit 2
}
Start-Scan
$settings = Wait-ForService 15
if (-not $settings) { exit 1 }
Write-Output "The service knows this server. Settings $($settings.version)."
Test-Clock $settings
if (Test-Path "$PSScriptRoot\install-task.ps1") {
  & "$PSScriptRoot\install-task.ps1"
} elseif (Test-Path "$PSScriptRoot\settings-task.ps1") {
  & "$PSScriptRoot\settings-task.ps1" -Service $WUServer -Now # once: the service learns which settings are in force
  Remove-Item "$PSScriptRoot\state.json" -ErrorAction SilentlyContinue
}
exit 0
